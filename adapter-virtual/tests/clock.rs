//! The clock by itself, moved by hand.

mod common;

use core::panic::AssertUnwindSafe;
use core::pin::Pin;
use core::task::Waker;
use core::time::Duration;
use std::panic::catch_unwind;
use std::sync::{Arc, Mutex};
use std::task::Wake;
use std::thread;

use anytempo::{Instant as _, RawSleep as _, Timer};
use anytempo_virtual::{Instant, Sleep, VirtualClock};

use common::{Count, Trace, at, calls, ms, poll};

fn armed(clock: &VirtualClock, deadline: Instant, waker: &Waker) -> Sleep {
    let mut sleep = clock.raw_sleep(Some(deadline));
    assert!(poll(&mut sleep, waker).is_pending());
    sleep
}

#[test]
fn a_new_clock_is_at_its_start() {
    let clock = VirtualClock::new();
    assert_eq!(clock.now(), Instant::START);
    assert_eq!(clock.elapsed(), Duration::ZERO);
    assert_eq!(clock.next_deadline(), None);
    assert_eq!(clock.pending(), []);
}

#[test]
fn advances_add_up_to_the_nanosecond() {
    let clock = VirtualClock::new();
    for span in [Duration::from_nanos(1), Duration::from_micros(999), ms(0), ms(41)] {
        clock.advance(span);
    }
    assert_eq!(clock.elapsed(), Duration::from_nanos(41_999_001));
    assert_eq!(clock.now().since_start(), clock.elapsed());
}

#[test]
fn advancing_to_the_past_does_nothing() {
    let clock = VirtualClock::new();
    clock.advance_to(at(5));
    clock.advance_to(at(3));
    clock.advance_to(Instant::START);
    assert_eq!(clock.now(), at(5));
}

#[test]
fn advancing_too_far_stops_at_the_last_instant() {
    let clock = VirtualClock::new();
    let (count, waker) = Count::new();
    let _last = armed(&clock, Instant::MAX, &waker);
    clock.advance(ms(1));
    assert_eq!(count.wakes(), 0);
    clock.advance(Duration::MAX);
    assert_eq!(clock.now(), Instant::MAX);
    assert_eq!(count.wakes(), 1);
    clock.advance(Duration::MAX);
    assert_eq!(clock.elapsed(), Duration::MAX);
}

#[test]
fn instants_neither_wrap_nor_panic() {
    assert_eq!(at(1).checked_add(ms(2)), Some(at(3)));
    assert_eq!(at(1).checked_add(Duration::ZERO), Some(at(1)));
    assert_eq!(Instant::MAX.checked_add(Duration::ZERO), Some(Instant::MAX));
    assert_eq!(Instant::MAX.checked_add(Duration::from_nanos(1)), None);
    assert_eq!(at(1).checked_add(Duration::MAX), None);
    assert_eq!(Instant::START.checked_add(Duration::MAX), None);
    assert_eq!(at(3).saturating_since(at(1)), ms(2));
    assert_eq!(at(1).saturating_since(at(3)), Duration::ZERO);
    assert_eq!(Instant::delta_ceil(Duration::from_nanos(1)), Duration::from_nanos(1));
    assert_eq!(Instant::to_duration(Duration::MAX), Duration::MAX);
}

#[test]
fn instants_and_clocks_read_well() {
    let clock = VirtualClock::new();
    clock.advance(ms(1500));
    let _sleep = armed(&clock, at(2000), Waker::noop());
    assert_eq!(clock.now().to_string(), "1.5s");
    assert_eq!(format!("{:?}", clock.now()), "Instant(1.5s)");
    assert_eq!(format!("{clock:?}"), "VirtualClock { now: Instant(1.5s), pending: 1 }");
}

// registered   30   10   20   10'
// advance(20)  |----10-10'----20|
#[test]
fn timers_fire_in_the_order_of_their_deadlines_each_at_its_own_time() {
    let clock = VirtualClock::new();
    let trace = Trace::new();
    let sleeps: Vec<Sleep> = [("c", 30), ("a", 10), ("b", 20), ("a'", 10)]
        .into_iter()
        .map(|(name, due)| {
            let (seen, trace) = (clock.clone(), trace.clone());
            armed(&clock, at(due), &calls(move || trace.add((name, seen.now()))))
        })
        .collect();
    assert_eq!(clock.pending(), [at(10), at(10), at(20), at(30)]);
    assert_eq!(clock.next_deadline(), Some(at(10)));

    clock.advance(ms(20));
    assert_eq!(trace.take(), [("a", at(10)), ("a'", at(10)), ("b", at(20))]);
    assert_eq!(clock.now(), at(20));
    assert_eq!(clock.pending(), [at(30)]);

    clock.advance(Duration::from_nanos(9_999_999));
    assert_eq!(trace.take(), []);
    clock.advance(ms(60));
    assert_eq!(trace.take(), [("c", at(30))]);
    assert_eq!(clock.elapsed(), Duration::from_nanos(89_999_999));
    drop(sleeps);
}

#[test]
fn a_thousand_equal_deadlines_fire_once_each_in_the_order_of_registration() {
    let clock = VirtualClock::new();
    let trace = Trace::new();
    let mut sleeps: Vec<Sleep> = (0..1000)
        .map(|i| {
            let trace = trace.clone();
            armed(&clock, at(7), &calls(move || trace.add(i)))
        })
        .collect();
    // Spurious polls keep the place, and replace the waker.
    for (i, sleep) in sleeps.iter_mut().enumerate().rev().step_by(3) {
        let trace = trace.clone();
        assert!(poll(sleep, &calls(move || trace.add(i))).is_pending());
    }
    clock.advance(ms(6));
    assert_eq!(trace.take(), []);
    clock.advance(ms(1));
    assert_eq!(trace.take(), (0..1000).collect::<Vec<_>>());
    clock.advance(ms(1));
    assert_eq!(trace.take(), []);
}

#[test]
fn what_a_waker_registers_on_the_way_fires_too() {
    let clock = VirtualClock::new();
    let trace = Trace::new();
    let chain = Arc::new(Mutex::new(clock.raw_sleep(Some(at(1)))));
    let waker = calls({
        let (clock, trace, chain) = (clock.clone(), trace.clone(), Arc::clone(&chain));
        move || {
            trace.add(clock.now());
            let (trace, now) = (trace.clone(), clock.clone());
            let mut next = armed(
                &clock,
                clock.now().checked_add(ms(2)).unwrap(),
                &calls(move || trace.add(now.now())),
            );
            core::mem::swap(&mut *chain.lock().unwrap(), &mut next);
        }
    });
    assert!(poll(&mut *chain.lock().unwrap(), &waker).is_pending());
    clock.advance(ms(10));
    assert_eq!(trace.take(), [at(1), at(3)]);
    assert_eq!(clock.now(), at(10));
}

#[test]
fn a_waker_may_advance_the_clock() {
    let clock = VirtualClock::new();
    let trace = Trace::new();
    let note = |name: &'static str| {
        let (clock, trace) = (clock.clone(), trace.clone());
        calls(move || trace.add((name, clock.now())))
    };
    let _first = armed(&clock, at(1), &{
        let (clock, trace) = (clock.clone(), trace.clone());
        calls(move || {
            clock.advance(ms(4));
            trace.add(("first", clock.now()));
        })
    });
    let _inner = armed(&clock, at(3), &note("inner"));
    let _outer = armed(&clock, at(6), &note("outer"));
    clock.advance(ms(6));
    assert_eq!(trace.take(), [("inner", at(3)), ("first", at(5)), ("outer", at(6))]);
    assert_eq!(clock.now(), at(6));

    // Further than the outer advance was to go: time does not go back.
    let _far = armed(&clock, at(7), &{
        let clock = clock.clone();
        calls(move || clock.advance_to(at(100)))
    });
    clock.advance(ms(2));
    assert_eq!(clock.now(), at(100));
}

#[test]
fn a_waker_may_poll_reset_and_drop_sleeps() {
    let clock = VirtualClock::new();
    let (count, waker) = Count::new();
    let others = Arc::new(Mutex::new(vec![
        armed(&clock, at(1), &waker),
        armed(&clock, at(2), &waker),
        armed(&clock, at(3), &waker),
    ]));
    let _meddler = armed(&clock, Instant::at(Duration::from_micros(500)), &{
        let (clock, others, waker) = (clock.clone(), Arc::clone(&others), waker.clone());
        calls(move || {
            let mut others = others.lock().unwrap();
            drop(others.pop());
            Pin::new(&mut others[1]).reset(Some(at(9)));
            assert!(poll(&mut others[0], &waker).is_pending());
            assert!(poll(&mut others[1], &waker).is_pending());
            assert_eq!(clock.pending(), [at(1), at(9)]);
        })
    });
    clock.advance(ms(8));
    assert_eq!(count.wakes(), 1);
    clock.advance(ms(1));
    assert_eq!(count.wakes(), 2);
}

#[test]
fn a_sleep_that_is_ready_before_its_turn_is_not_woken() {
    let clock = VirtualClock::new();
    let (count, waker) = Count::new();
    let second = Arc::new(Mutex::new(clock.raw_sleep(Some(at(5)))));
    let _first = armed(&clock, at(5), &{
        let second = Arc::clone(&second);
        calls(move || assert!(poll(&mut *second.lock().unwrap(), Waker::noop()).is_ready()))
    });
    assert!(poll(&mut *second.lock().unwrap(), &waker).is_pending());
    clock.advance(ms(5));
    assert_eq!(count.wakes(), 0);
}

#[test]
fn a_panicking_waker_leaves_the_clock_usable() {
    let clock = VirtualClock::new();
    let (count, waker) = Count::new();
    let _bad = armed(&clock, at(1), &calls(|| panic!("a waker's own fault")));
    let _same_time = armed(&clock, at(1), &waker);
    let _later = armed(&clock, at(5), &waker);

    let outcome = catch_unwind(AssertUnwindSafe(|| clock.advance(ms(3))));
    assert!(outcome.is_err());
    assert_eq!(clock.now(), at(1));
    assert_eq!(count.wakes(), 0);
    clock.advance(Duration::ZERO);
    assert_eq!(count.wakes(), 1);
    clock.advance(ms(4));
    assert_eq!(count.wakes(), 2);
}

/// Reads the clock when it is dropped, which hangs if that happens under the clock's lock.
struct ReadsOnDrop(VirtualClock, Trace<Instant>);

impl Wake for ReadsOnDrop {
    fn wake(self: Arc<Self>) {}
}

impl Drop for ReadsOnDrop {
    fn drop(&mut self) {
        self.1.add(self.0.now());
    }
}

#[test]
fn wakers_are_dropped_outside_the_lock() {
    let clock = VirtualClock::new();
    let trace = Trace::new();
    let probe = || Waker::from(Arc::new(ReadsOnDrop(clock.clone(), trace.clone())));

    let mut replaced = armed(&clock, at(5), &probe());
    assert!(poll(&mut replaced, Waker::noop()).is_pending());
    assert_eq!(trace.take().len(), 1);

    drop(armed(&clock, at(5), &probe()));
    assert_eq!(trace.take().len(), 1);

    let mut reset = armed(&clock, at(5), &probe());
    Pin::new(&mut reset).reset(None);
    assert_eq!(trace.take().len(), 1);

    let _fired = armed(&clock, at(5), &probe());
    clock.advance(ms(5));
    assert_eq!(trace.take(), [at(5)]);

    let mut ready = clock.raw_sleep(Some(at(5)));
    assert!(poll(&mut ready, &probe()).is_ready());
    assert_eq!(trace.take(), [at(5)]);

    // Ready while it is registered: it has had its time, and not yet its turn.
    let second = Arc::new(Mutex::new(clock.raw_sleep(Some(at(6)))));
    let _first = armed(&clock, at(6), &{
        let second = Arc::clone(&second);
        calls(move || assert!(poll(&mut *second.lock().unwrap(), Waker::noop()).is_ready()))
    });
    assert!(poll(&mut *second.lock().unwrap(), &probe()).is_pending());
    clock.advance(ms(1));
    assert_eq!(trace.take(), [at(6)]);
    assert_eq!(clock.pending(), []);
}

#[test]
fn clones_and_references_are_the_same_clock() {
    let clock = VirtualClock::new();
    let clone = clock.clone();
    let (count, waker) = Count::new();
    let _sleep = armed(&clone, at(1), &waker);
    clock.clone().advance(ms(1));
    assert_eq!(clone.now(), at(1));
    assert_eq!(<&VirtualClock as Timer>::now(&&clone), at(1));
    assert_eq!(count.wakes(), 1);
}

#[test]
fn clocks_in_one_process_share_nothing() {
    let clocks = [VirtualClock::new(), VirtualClock::new()];
    let (count, waker) = Count::new();
    let _sleep = armed(&clocks[0], at(1), &waker);
    clocks[1].advance(ms(100));
    assert_eq!(count.wakes(), 0);
    assert_eq!(clocks[0].now(), Instant::START);
    assert_eq!(clocks[1].pending(), []);

    // In parallel, each sees exactly its own timers and its own time.
    thread::scope(|scope| {
        for step in 1..=4 {
            scope.spawn(move || {
                let clock = VirtualClock::new();
                let trace = Trace::new();
                for i in 1..=500 {
                    let (seen, trace) = (clock.clone(), trace.clone());
                    let _sleep =
                        armed(&clock, at(i * step), &calls(move || trace.add(seen.elapsed())));
                    clock.advance(ms(step));
                }
                assert_eq!(trace.take(), (1..=500).map(|i| ms(i * step)).collect::<Vec<_>>());
            });
        }
    });
}

#[test]
fn a_hundred_thousand_timers_take_no_time_to_speak_of() {
    let clock = VirtualClock::new();
    let (count, waker) = Count::new();
    // Far apart and out of order: 7919 is prime to 100 000.
    let mut sleeps: Vec<Sleep> =
        (0..100_000).map(|i| armed(&clock, at(1 + i * 7919 % 100_000), &waker)).collect();
    sleeps.truncate(50_000);
    assert_eq!(clock.pending().len(), 50_000);
    clock.advance(ms(100_000));
    assert_eq!(count.wakes(), 50_000);
    assert_eq!(clock.pending(), []);
}
