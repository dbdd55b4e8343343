//! Clocks that are as bad as real ones: what all of them do with a reset, a drop, a disarmed wait, and the end of time.

mod common;

use core::future::pending;
use core::pin::Pin;
use core::task::Waker;
use core::time::Duration;
use std::sync::Arc;

use anytempo::{Deadline, Instant as _, RawSleep as _, Timer};
use anytempo_virtual::clocks::{CostClock, DriftClock, JitterClock, StepClock, Tick, TickClock};
use anytempo_virtual::{Instant, VirtualClock};

use common::{Count, ms, poll};

const NANO: Duration = Duration::from_nanos(1);
const MINUTE: Duration = Duration::from_secs(60);

/// A test for each of these clocks, and for three of them over one another.
macro_rules! on_every_clock {
    ($test:ident) => {
        mod $test {
            use super::*;

            #[test]
            fn ticks() {
                super::$test(|truth| TickClock::<_, 1_000_000>::new(truth.clone(), Instant::START));
            }

            #[test]
            fn drift() {
                for ppb in [i32::MIN, -400_000_000, 0, 400_000_000, i32::MAX] {
                    let drift = |truth: &VirtualClock| {
                        DriftClock::new(truth.clone(), Instant::START, ppb).ahead(MINUTE)
                    };
                    super::$test(drift);
                }
            }

            #[test]
            fn jitter() {
                super::$test(|truth| JitterClock::new(truth.clone(), 7, MINUTE / 3));
            }

            #[test]
            fn steps() {
                let steps =
                    [(ms(5), ms(2)), (ms(7), MINUTE), (MINUTE, ms(3)), (Duration::MAX, NANO)];
                super::$test(|truth| StepClock::new(truth.clone(), Instant::START, steps));
            }

            #[test]
            fn costs() {
                super::$test(|truth| CostClock::new(truth).per_read(NANO).per_poll(NANO));
            }

            #[test]
            fn ticks_over_drift_over_jitter() {
                super::$test(|truth| {
                    let late = JitterClock::new(truth.clone(), 7, MINUTE / 3);
                    let fast = DriftClock::new(late, Instant::START, 30_000_000);
                    TickClock::<_, 30_518>::new(fast, Instant::START)
                });
            }
        }
    };
}

fn shared<T: Send + Sync + Unpin + 'static>() {}

#[test]
fn clocks_and_waits_cross_threads() {
    type All = TickClock<DriftClock<JitterClock<StepClock<CostClock>>>, 7>;
    shared::<All>();
    shared::<<All as Timer>::Sleep>();
}

fn after<T: Timer>(clock: &T, span: Duration) -> Deadline<T> {
    clock.now().checked_add(T::Instant::delta_ceil(span))
}

/// Nothing happens before a poll. Only the last deadline counts, and the virtual clock names a reset that was not polled.
fn a_reset_moves_a_wait<T: Timer<Sleep: Unpin>>(over: impl Fn(&VirtualClock) -> T) {
    let truth = VirtualClock::new();
    let clock = over(&truth);
    let (near, far) = (after(&clock, ms(20)), after(&clock, MINUTE * 2));
    let (count, waker) = Count::new();
    let mut sleep = clock.raw_sleep(far);
    for deadline in [near, far] {
        Pin::new(&mut sleep).reset(deadline);
        assert_eq!((truth.pending(), sleep.deadline()), (vec![], deadline));
    }
    assert!(poll(&mut sleep, &waker).is_pending());
    assert_eq!(truth.pending().len(), 1);
    Pin::new(&mut sleep).reset(near);
    assert_eq!((truth.unpolled_resets().len(), sleep.deadline()), (1, near));
    assert!(poll(&mut sleep, &waker).is_pending());
    assert_eq!(truth.unpolled_resets(), []);
    while !clock.now().has_reached(near) {
        assert!(poll(&mut sleep, &waker).is_pending() || clock.now().has_reached(near));
        let next = truth.next_deadline().expect("a pending wait is registered");
        truth.advance_to(next);
    }
    assert!(count.wakes() > 0);
    for _ in 0..2 {
        assert!(poll(&mut sleep, &waker).is_ready());
        assert_eq!((truth.pending(), sleep.deadline()), (vec![], near));
    }
    Pin::new(&mut sleep).reset(after(&clock, MINUTE));
    assert!(poll(&mut sleep, &waker).is_pending(), "a wait can be used again");
}

fn what_is_dropped_or_disarmed_leaves_nothing<T: Timer<Sleep: Unpin>>(
    over: impl Fn(&VirtualClock) -> T,
) {
    let truth = VirtualClock::new();
    let clock = over(&truth);
    let never = Deadline::<T>::from(None);
    let (count, waker) = Count::new();
    let mut sleep = clock.raw_sleep(after(&clock, MINUTE));
    assert!(poll(&mut sleep, &waker).is_pending());
    Pin::new(&mut sleep).reset(never);
    assert!(poll(&mut sleep, &waker).is_pending());
    assert_eq!((truth.pending(), sleep.deadline()), (vec![], never));
    assert_eq!(Arc::strong_count(&count), 2, "it has given up its waker");
    Pin::new(&mut sleep).reset(after(&clock, MINUTE));
    assert!(poll(&mut sleep, &waker).is_pending());
    drop((sleep, waker));
    assert_eq!((truth.pending(), Arc::strong_count(&count)), (vec![], 1));
}

/// Instants saturate and nothing panics, right before the end of time and at it. Never stays never.
fn the_end_of_time_is_no_trouble<T: Timer<Sleep: Unpin>>(over: impl Fn(&VirtualClock) -> T) {
    let spans =
        [Duration::MAX, Duration::MAX - NANO, Duration::MAX / 2, MINUTE, NANO, Duration::ZERO];
    for start in [Duration::ZERO, MINUTE, Duration::MAX - NANO * 3, Duration::MAX] {
        let truth = VirtualClock::new();
        let clock = over(&truth);
        truth.advance(start);
        let mut waits = spans.map(|span| Box::pin(clock.timeout(span, pending::<()>())));
        let mut never = Box::pin(clock.sleep(Duration::MAX));
        for _ in 0..2 {
            for wait in &mut waits {
                let _ = poll(wait, Waker::noop());
            }
            assert!(poll(&mut never, Waker::noop()).is_pending());
            truth.advance(Duration::MAX);
        }
        assert!(poll(&mut waits[0], Waker::noop()).is_pending(), "from {start:?}");
        assert!(poll(&mut waits[5], Waker::noop()).is_ready(), "from {start:?}");
        assert!(clock.remaining(after(&clock, MINUTE)) >= Duration::ZERO);
        assert_eq!(clock.remaining(Deadline::<T>::from(None)), Duration::MAX);
    }
}

on_every_clock!(a_reset_moves_a_wait);
on_every_clock!(what_is_dropped_or_disarmed_leaves_nothing);
on_every_clock!(the_end_of_time_is_no_trouble);

#[test]
fn a_tick_beyond_the_range_of_its_timer_is_never() {
    let truth = VirtualClock::new();
    let clock = TickClock::<_, { u64::MAX }>::new(truth.clone(), Instant::START);
    let mut waits =
        [1, 2, u64::MAX - 1, u64::MAX].map(|tick| clock.raw_sleep(Some(Tick::at(tick))));
    for wait in &mut waits {
        assert!(poll(wait, Waker::noop()).is_pending());
    }
    assert_eq!(truth.pending().len(), 2);
}

/// A clock whose start is the end of time, ticks of centuries, and a jitter beyond any range.
#[test]
fn extreme_clocks_do_not_panic() {
    let truth = VirtualClock::new();
    let ticks = TickClock::<_, { u64::MAX }>::new(truth.clone(), Instant::MAX);
    let drift = DriftClock::new(truth.clone(), Instant::MAX, i32::MAX).ahead(Duration::MAX);
    let late = JitterClock::new(truth.clone(), 7, Duration::MAX);
    let steps = StepClock::new(truth.clone(), Instant::MAX, [(Duration::ZERO, Duration::MAX)]);
    let mut waits = (
        Box::pin(ticks.sleep(Duration::MAX)),
        Box::pin(drift.sleep(Duration::MAX)),
        Box::pin(late.sleep(Duration::MAX - NANO)),
        Box::pin(steps.sleep(NANO)),
    );
    for _ in 0..3 {
        assert!(poll(&mut waits.0, Waker::noop()).is_pending());
        assert!(poll(&mut waits.1, Waker::noop()).is_pending());
        let _ = poll(&mut waits.2, Waker::noop());
        assert!(poll(&mut waits.3, Waker::noop()).is_pending());
        truth.advance(Duration::MAX);
    }
    assert!(poll(&mut waits.2, Waker::noop()).is_ready(), "one that cannot be late is in time");
    assert_eq!(drift.now(), Instant::MAX);
}
