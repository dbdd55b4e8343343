//! How often a wait behind a pointer allocates.
#![expect(unsafe_code, reason = "an allocator cannot be written without")]

use core::alloc::{GlobalAlloc, Layout};
use core::cell::Cell;
use core::future::{pending, ready};
use core::pin::{Pin, pin};
use core::sync::atomic::{AtomicU64, Ordering::Relaxed};
use core::task::{Context, Poll};
use core::time::Duration;
use std::alloc::System;
use std::sync::Arc;

use anytempo::stream::{AnyRate, FixedRate};
use anytempo::{DynTimer, LocalDynTimer, RawSleep, StreamTimeExt, Timer, next, range};
use anytempo_conformance::suite::Probe;
use anytempo_virtual::Instant;
use futures_core::Stream;

struct Counting;

#[global_allocator]
static COUNTING: Counting = Counting;

thread_local! {
    static COUNT: Cell<u64> = const { Cell::new(0) };
}

// SAFETY: everything is left to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // A thread that ends has no count left.
        let _ = COUNT.try_with(|count| count.set(count.get() + 1));
        // SAFETY: the caller keeps the same contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the same contract.
        unsafe { System.dealloc(memory, layout) }
    }
}

/// How often this thread allocates meanwhile.
fn allocations(meanwhile: impl FnOnce()) -> u64 {
    let before = COUNT.get();
    meanwhile();
    COUNT.get() - before
}

/// A clock in nanoseconds that allocates nothing for its waits, and wakes nobody.
#[derive(Clone, Default)]
struct Bare(Arc<AtomicU64>);

struct BareSleep {
    clock: Bare,
    deadline: Option<Instant>,
}

impl Timer for Bare {
    type Instant = Instant;
    type Sleep = BareSleep;

    fn now(&self) -> Instant {
        Instant::at(Duration::from_nanos(self.0.load(Relaxed)))
    }

    fn raw_sleep(&self, deadline: Option<Instant>) -> BareSleep {
        BareSleep { clock: self.clone(), deadline }
    }
}

impl Future for BareSleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        let is_over = self.deadline.is_some_and(|it| it <= self.clock.now());
        if is_over { Poll::Ready(()) } else { Poll::Pending }
    }
}

impl RawSleep for BareSleep {
    type Instant = Instant;

    fn reset(mut self: Pin<&mut Self>, deadline: Option<Instant>) {
        self.deadline = deadline;
    }

    fn deadline(&self) -> Option<Instant> {
        self.deadline
    }
}

const SPAN: Duration = Duration::from_millis(3);

/// How often a hundred ticks allocate, after the first one.
fn ticks_allocate<S: Stream>(clock: &Bare, stream: S) -> u64 {
    let probe = Probe::new();
    let mut stream = pin!(stream);
    let mut items = 0;
    let mut tick = || {
        for _ in 0..3 {
            items += u32::from(probe.poll(pin!(next(&mut stream))).is_ready());
        }
        clock.0.fetch_add(2 * SPAN.as_nanos() as u64, Relaxed);
    };
    tick();
    tick();
    let count = allocations(|| (0..100).for_each(|_| tick()));
    assert!(items >= 100, "each tick has an item: {items}");
    count
}

#[test]
fn ticks_use_their_box_again() {
    let clock = Bare::default();
    let timer = DynTimer::new(clock.clone());
    let local = LocalDynTimer::new(clock.clone());
    for rate in [AnyRate::FixedDelay, AnyRate::Spaced, AnyRate::FixedRate, AnyRate::Skip] {
        assert_eq!(ticks_allocate(&clock, timer.interval(SPAN).rate(rate)), 0, "{rate:?}");
        assert_eq!(ticks_allocate(&clock, local.interval(SPAN).rate(rate)), 0, "{rate:?}");
        assert_eq!(ticks_allocate(&clock, timer.countdown(9999, SPAN).rate(rate)), 0, "{rate:?}");
        let paced = range(0..).pace(&timer, SPAN).rate(rate);
        assert_eq!(ticks_allocate(&clock, paced), 0, "{rate:?}");
    }
    assert_eq!(ticks_allocate(&clock, timer.countdown(9999, SPAN).rate(FixedRate)), 0);
    assert_eq!(ticks_allocate(&clock, range(0..).pace(&timer, SPAN).burst(3)), 0);
    let source = || range(0..).pace(&clock, SPAN);
    assert_eq!(ticks_allocate(&clock, source().sample(&timer, SPAN)), 0);
    assert_eq!(ticks_allocate(&clock, source().throttle_latest(&timer, SPAN)), 0);
    assert_eq!(ticks_allocate(&clock, source().throttle_first(&timer, SPAN)), 0);
    assert_eq!(ticks_allocate(&clock, source().timeout_each(&timer, SPAN).repeating()), 0);
    assert_eq!(ticks_allocate(&clock, source().keep_alive(&timer, SPAN, || 0)), 0);
}

/// One box for a wait that begins, and none for one that does not.
#[test]
fn a_wait_is_one_box() {
    let timer = DynTimer::new(Bare::default());
    let probe = Probe::new();
    let sleep = allocations(|| {
        let mut sleep = pin!(timer.sleep(SPAN));
        let _ = probe.poll(sleep.as_mut());
        sleep.as_mut().reset(SPAN * 2);
        let _ = probe.poll(sleep.as_mut());
    });
    assert_eq!(sleep, 1, "a sleep that is reset");
    let limit = allocations(|| {
        let _ = probe.poll(pin!(timer.timeout(SPAN, pending::<()>())));
    });
    assert_eq!(limit, 1, "a limit on what is pending");
    let none = allocations(|| {
        let _ = probe.poll(pin!(timer.timeout(SPAN, ready(7))));
        drop(timer.sleep(SPAN));
        drop(timer.clone());
    });
    assert_eq!(none, 0, "what needs no timer");
}
