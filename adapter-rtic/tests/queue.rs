//! What is particular to RTIC: a queue that keeps the first waker, and a monotonic that must be started.
//!
//! What holds on every runtime is in the suite of `anytempo-conformance`, which runs on a board.

use core::cell::Cell;
use core::future::Future;
use core::panic::AssertUnwindSafe;
use core::pin::{Pin, pin};
use core::sync::atomic::{AtomicUsize, Ordering};
use core::task::{Context, Poll, Waker};
use core::time::Duration;
use std::panic::catch_unwind;
use std::sync::Arc;
use std::task::Wake;

use anytempo::{RawSleep as _, Timer as _};
use anytempo_rtic::{Deadline, Instant, RticTimer, Sleep};
use rtic_time::monotonic::TimerQueueBasedMonotonic;
use rtic_time::timer_queue::{TimerQueue, TimerQueueBackend};

const HZ: u64 = 1_000;
const TIMER: RticTimer<Mono> = RticTimer::new();

/// A monotonic that a test moves on. Each test has a thread of its own, and so a clock and a queue.
struct Mono;

impl TimerQueueBasedMonotonic for Mono {
    type Backend = Hardware;
    type Instant = fugit::MonotonicTimerInstantU64<HZ>;
    type Duration = fugit::TimerDurationU64<HZ>;
}

struct Hardware;

thread_local! {
    static QUEUE: &'static TimerQueue<Hardware> = Box::leak(Box::new(TimerQueue::new()));
    static NOW: Cell<u64> = const { Cell::new(0) };
}

impl TimerQueueBackend for Hardware {
    type Ticks = u64;

    fn now() -> u64 {
        NOW.get()
    }

    // There is an interrupt after each move of the clock.
    fn set_compare(_: u64) {}
    fn clear_compare_flag() {}
    fn pend_interrupt() {}

    fn timer_queue() -> &'static TimerQueue<Self> {
        QUEUE.with(|queue| *queue)
    }
}

fn start() {
    Hardware::timer_queue().initialize(Hardware);
}

fn move_to(now: u64) {
    NOW.set(now);
    // SAFETY: it is always safe, and here is what stands for the interrupt.
    unsafe { Hardware::timer_queue().on_monotonic_interrupt() };
}

#[derive(Default)]
struct Count(AtomicUsize);

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// A waker, and what counts its wakes.
fn counted() -> (Waker, Arc<Count>) {
    let count = Arc::new(Count::default());
    (count.clone().into(), count)
}

impl Count {
    fn wakes(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

fn poll(sleep: Pin<&mut Sleep<Mono>>, waker: &Waker) -> Poll<()> {
    sleep.poll(&mut Context::from_waker(waker))
}

fn at(ticks: u64) -> Deadline<HZ> {
    fugit::MonotonicTimerInstantU64::<HZ>::from_ticks(ticks).into()
}

#[test]
fn the_newest_waker_is_woken_and_no_other() {
    start();
    let ((first, of_first), (second, of_second)) = (counted(), counted());
    let mut sleep = pin!(TIMER.raw_sleep(at(5)));
    assert!(poll(sleep.as_mut(), &first).is_pending());
    assert!(poll(sleep.as_mut(), &second).is_pending());
    drop(first);
    assert_eq!(Arc::strong_count(&of_first), 1, "the queue has given up the first one");
    move_to(4);
    assert_eq!((of_first.wakes(), of_second.wakes()), (0, 0));
    move_to(5);
    assert_eq!((of_first.wakes(), of_second.wakes()), (0, 1));
    assert!(poll(sleep.as_mut(), &second).is_ready());
    assert!(poll(sleep.as_mut(), &second).is_ready());
}

#[test]
fn a_wait_that_is_over_or_reset_or_dropped_has_given_up_its_waker() {
    start();
    let (waker, count) = counted();
    let held = || Arc::strong_count(&count);
    {
        let mut sleep = pin!(TIMER.raw_sleep(at(5)));
        assert!(poll(sleep.as_mut(), &waker).is_pending());
        assert!(held() > 2);
        sleep.as_mut().reset(at(7));
        assert_eq!(held(), 2);
        assert!(poll(sleep.as_mut(), &waker).is_pending());
        move_to(6);
        assert_eq!(count.wakes(), 0);
        NOW.set(7);
        assert!(poll(sleep.as_mut(), &waker).is_ready());
        assert_eq!(held(), 2);
        sleep.as_mut().reset(at(9));
        assert!(poll(sleep.as_mut(), &waker).is_pending());
    }
    assert_eq!(held(), 2);
    move_to(20);
    assert_eq!(count.wakes(), 0);
}

#[test]
fn never_is_not_in_the_queue() {
    start();
    let (waker, count) = counted();
    let mut sleep = pin!(TIMER.raw_sleep(Deadline::NEVER));
    assert!(poll(sleep.as_mut(), &waker).is_pending());
    assert_eq!(Arc::strong_count(&count), 2);
    // The queue would take a deadline that is 2^63 ticks away for one that is past.
    let mut last = pin!(TIMER.raw_sleep(at(u64::MAX)));
    assert!(poll(last.as_mut(), &waker).is_pending());
}

#[test]
fn many_waits_end_in_their_order() {
    start();
    let waits: Vec<_> = [4_u64, 2, 6, 2, 9, 1].map(|ticks| (ticks, counted())).into();
    let mut sleeps: Vec<_> =
        waits.iter().map(|(it, _)| Box::pin(TIMER.raw_sleep(at(*it)))).collect();
    for (sleep, (_, (waker, _))) in sleeps.iter_mut().zip(&waits) {
        assert!(poll(sleep.as_mut(), waker).is_pending());
    }
    for now in 0..10 {
        move_to(now);
        for (ticks, (_, count)) in &waits {
            assert_eq!(count.wakes(), usize::from(*ticks <= now), "{ticks} at {now}");
        }
    }
}

#[test]
fn only_a_poll_needs_a_monotonic_that_was_started() {
    let second = Duration::from_secs(1);
    {
        let mut sleep = pin!(TIMER.sleep(second));
        sleep.as_mut().reset(second * 2);
    }
    let mut sleep = pin!(TIMER.raw_sleep(at(5)));
    sleep.as_mut().reset(at(6));
    assert_eq!(sleep.deadline(), at(6));
    let polled = catch_unwind(AssertUnwindSafe(|| poll(sleep.as_mut(), Waker::noop())));
    assert!(polled.is_err());
    start();
    assert!(poll(sleep.as_mut(), Waker::noop()).is_pending());
}

#[test]
fn a_wait_from_now_has_a_tick_more() {
    start();
    NOW.set(40);
    let (waker, count) = counted();
    let mut sleep = pin!(TIMER.sleep(Duration::from_micros(1_500)));
    assert!(sleep.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
    let end: Option<Instant<HZ>> = sleep.deadline();
    assert_eq!(end.map(Deadline::from), Some(at(43)));
    move_to(42);
    assert_eq!(count.wakes(), 0);
    move_to(43);
    assert_eq!(count.wakes(), 1);
}

#[test]
fn a_wait_and_its_timer_are_as_small_as_documented() {
    assert_eq!(size_of::<RticTimer<Mono>>(), 0);
    // RTIC's own wait has 64 bytes with 64-bit pointers, and 48 on a board.
    let (raw, sleep) = if size_of::<usize>() == 8 { (88, 96) } else { (64, 72) };
    assert!(size_of::<Sleep<Mono>>() <= raw);
    assert!(size_of::<anytempo::future::Sleep<RticTimer<Mono>>>() <= sleep);
}
