//! The raw wait, polled by hand under a clock that is advanced by hand.

mod common;

use core::pin::Pin;
use core::task::Waker;
use core::time::Duration;
use std::sync::{Arc, Mutex};
use std::thread;

use anytempo::{RawSleep as _, Timer};
use anytempo_virtual::{Instant, Sleep, VirtualClock};

use common::{Count, at, calls, ms, poll};

fn reset(sleep: &mut Sleep, deadline: impl Into<Option<Instant>>) {
    Pin::new(sleep).reset(deadline.into());
}

#[test]
fn it_is_inert_until_it_is_polled() {
    let clock = VirtualClock::new();
    let mut sleep = clock.raw_sleep(Some(at(5)));
    reset(&mut sleep, at(3));
    reset(&mut sleep, None);
    reset(&mut sleep, at(4));
    assert_eq!(sleep.deadline(), Some(at(4)));
    assert_eq!(clock.pending(), []);
    drop(sleep);
    drop(clock.raw_sleep(None));
    assert_eq!(clock.pending(), []);
}

#[test]
fn a_deadline_that_is_now_or_past_is_ready_at_the_first_poll() {
    let clock = VirtualClock::new();
    assert!(poll(&mut clock.raw_sleep(Some(Instant::START)), Waker::noop()).is_ready());
    clock.advance(ms(5));
    for due in [0, 4, 5] {
        assert!(poll(&mut clock.raw_sleep(Some(at(due))), Waker::noop()).is_ready());
    }
    assert_eq!(clock.pending(), []);
}

// deadline     5 ms
// advance   |--------- 4 999 999 ns -| 1 ns |
// poll      pending                  pending ready, and stays ready
#[test]
fn it_is_ready_at_its_deadline_not_a_nanosecond_earlier_and_stays_ready() {
    let clock = VirtualClock::new();
    let (count, waker) = Count::new();
    let mut sleep = clock.raw_sleep(Some(at(5)));
    assert!(poll(&mut sleep, &waker).is_pending());
    clock.advance(Duration::from_nanos(4_999_999));
    assert_eq!(count.wakes(), 0);
    assert!(poll(&mut sleep, &waker).is_pending());
    clock.advance(Duration::from_nanos(1));
    assert_eq!(count.wakes(), 1);
    for _ in 0..3 {
        assert!(poll(&mut sleep, &waker).is_ready());
        clock.advance(ms(1));
    }
    assert_eq!(count.wakes(), 1);
    assert_eq!(sleep.deadline(), Some(at(5)));
}

#[test]
fn the_newest_waker_wins() {
    let clock = VirtualClock::new();
    let (former, former_waker) = Count::new();
    let (newest, newest_waker) = Count::new();
    let mut sleep = clock.raw_sleep(Some(at(5)));
    assert!(poll(&mut sleep, &former_waker).is_pending());
    assert!(poll(&mut sleep, &newest_waker).is_pending());
    drop(former_waker);
    assert_eq!(Arc::strong_count(&former), 1);
    clock.advance(ms(5));
    assert_eq!((former.wakes(), newest.wakes()), (0, 1));
}

#[test]
fn many_polls_are_one_registration() {
    let clock = VirtualClock::new();
    let (count, waker) = Count::new();
    let mut sleep = clock.raw_sleep(Some(at(5)));
    for _ in 0..10 {
        assert!(poll(&mut sleep, &waker).is_pending());
    }
    assert_eq!(clock.pending(), [at(5)]);
    assert_eq!(Arc::strong_count(&count), 3); // here, the waker, and one clone of it
    clock.advance(ms(50));
    assert_eq!(count.wakes(), 1);
}

#[test]
fn disarmed_it_is_pending_and_registers_nothing() {
    let clock = VirtualClock::new();
    let (count, waker) = Count::new();
    let mut sleep = clock.raw_sleep(None);
    assert!(poll(&mut sleep, &waker).is_pending());
    assert_eq!(sleep.deadline(), None);
    assert_eq!(clock.pending(), []);
    assert_eq!(Arc::strong_count(&count), 2);
    clock.advance(Duration::MAX);
    assert_eq!(count.wakes(), 0);
    assert!(poll(&mut sleep, &waker).is_pending());
}

#[test]
fn disarming_gives_up_the_registration() {
    let clock = VirtualClock::new();
    let (count, waker) = Count::new();
    let mut sleep = clock.raw_sleep(Some(at(5)));
    assert!(poll(&mut sleep, &waker).is_pending());
    reset(&mut sleep, None);
    assert_eq!(clock.pending(), []);
    assert_eq!(Arc::strong_count(&count), 2);
    clock.advance(ms(10));
    assert_eq!(count.wakes(), 0);
    assert!(poll(&mut sleep, &waker).is_pending());
}

#[test]
fn reset_to_an_earlier_deadline() {
    let clock = VirtualClock::new();
    let (count, waker) = Count::new();
    let mut sleep = clock.raw_sleep(Some(at(50)));
    assert!(poll(&mut sleep, &waker).is_pending());
    reset(&mut sleep, at(5));
    assert_eq!(clock.next_deadline(), None); // from the next poll
    assert!(poll(&mut sleep, &waker).is_pending());
    clock.advance(ms(5));
    assert_eq!(count.wakes(), 1);
    assert!(poll(&mut sleep, &waker).is_ready());
    clock.advance(ms(95));
    assert_eq!(count.wakes(), 1);
}

#[test]
fn reset_to_a_later_deadline() {
    let clock = VirtualClock::new();
    let (count, waker) = Count::new();
    let mut sleep = clock.raw_sleep(Some(at(5)));
    assert!(poll(&mut sleep, &waker).is_pending());
    reset(&mut sleep, at(50));
    assert!(poll(&mut sleep, &waker).is_pending());
    clock.advance(ms(49));
    assert_eq!(count.wakes(), 0);
    assert!(poll(&mut sleep, &waker).is_pending());
    clock.advance(ms(1));
    assert_eq!(count.wakes(), 1);
    assert!(poll(&mut sleep, &waker).is_ready());
}

#[test]
fn reset_after_it_was_ready_arms_it_again() {
    let clock = VirtualClock::new();
    let (count, waker) = Count::new();
    let mut sleep = clock.raw_sleep(Some(at(5)));
    for due in [5, 10, 15] {
        reset(&mut sleep, at(due));
        assert!(poll(&mut sleep, &waker).is_pending());
        clock.advance(ms(5));
        assert!(poll(&mut sleep, &waker).is_ready());
    }
    assert_eq!(count.wakes(), 3);
}

#[test]
fn reset_between_the_wake_and_the_poll() {
    let clock = VirtualClock::new();
    let (count, waker) = Count::new();
    let mut sleep = clock.raw_sleep(Some(at(5)));
    assert!(poll(&mut sleep, &waker).is_pending());
    clock.advance(ms(5));
    reset(&mut sleep, at(9));
    assert!(poll(&mut sleep, &waker).is_pending());
    assert_eq!(clock.pending(), [at(9)]);
    clock.advance(ms(4));
    assert_eq!(count.wakes(), 2);
}

#[test]
fn reset_to_the_past_is_ready_at_the_next_poll() {
    let clock = VirtualClock::new();
    clock.advance(ms(10));
    let (count, waker) = Count::new();
    let mut sleep = clock.raw_sleep(Some(at(50)));
    for past in [0, 9, 10] {
        reset(&mut sleep, at(50));
        assert!(poll(&mut sleep, &waker).is_pending());
        reset(&mut sleep, at(past));
        assert!(poll(&mut sleep, &waker).is_ready());
    }
    assert_eq!(clock.pending(), []);
    assert_eq!(count.wakes(), 0);
}

// A reset removes the registration, so until the next poll no wake comes at 5, 15 or any other time.
#[test]
fn a_reset_after_a_pending_poll_is_listed_until_the_next_poll() {
    let clock = VirtualClock::new();
    let (count, waker) = Count::new();
    let mut sleep = clock.raw_sleep(Some(at(5)));
    let mut other = clock.raw_sleep(Some(at(9)));
    assert!(poll(&mut sleep, &waker).is_pending());
    assert!(poll(&mut other, &waker).is_pending());
    assert_eq!(clock.unpolled_resets(), []);

    reset(&mut sleep, at(15));
    assert_eq!(clock.unpolled_resets(), [at(15)]);
    assert_eq!(clock.pending(), [at(9), at(15)]);
    assert_eq!(clock.next_deadline(), Some(at(9)));
    assert_eq!(
        format!("{clock:?}"),
        "VirtualClock { now: Instant(0ns), pending: 2, unpolled_resets: [Instant(15ms)] }"
    );
    reset(&mut sleep, at(7));
    assert_eq!(clock.unpolled_resets(), [at(7)]);
    assert_eq!(clock.pending(), [at(7), at(9)]);
    assert_eq!(clock.next_deadline(), Some(at(9)));

    clock.advance(ms(8));
    assert_eq!(count.wakes(), 0);
    assert_eq!(clock.unpolled_resets(), [at(7)], "its time has come and nothing has told its task");
    assert!(poll(&mut sleep, &waker).is_ready());
    assert_eq!(clock.pending(), [at(9)]);
    assert_eq!(clock.unpolled_resets(), []);

    reset(&mut other, at(12));
    assert_eq!(clock.unpolled_resets(), [at(12)]);
    assert!(poll(&mut other, &waker).is_pending());
    assert_eq!(clock.unpolled_resets(), []);
    assert_eq!(clock.next_deadline(), Some(at(12)));
    clock.advance(ms(4));
    assert_eq!(count.wakes(), 1);
    assert_eq!(clock.pending(), []);
}

#[test]
fn a_drop_and_a_disarm_end_an_unpolled_reset() {
    let clock = VirtualClock::new();
    let mut sleep = clock.raw_sleep(Some(at(5)));
    assert!(poll(&mut sleep, Waker::noop()).is_pending());
    reset(&mut sleep, at(15));
    reset(&mut sleep, None);
    assert_eq!((clock.pending(), clock.unpolled_resets()), (vec![], vec![]));
    // Nothing depends on a disarmed sleep. It may be armed at any time before its next poll.
    reset(&mut sleep, at(20));
    assert_eq!((clock.pending(), clock.unpolled_resets()), (vec![], vec![]));

    assert!(poll(&mut sleep, Waker::noop()).is_pending());
    reset(&mut sleep, at(25));
    assert_eq!(clock.unpolled_resets(), [at(25)]);
    drop(sleep);
    assert_eq!((clock.pending(), clock.unpolled_resets()), (vec![], vec![]));
    assert_eq!(format!("{clock:?}"), "VirtualClock { now: Instant(0ns), pending: 0 }");
}

#[test]
fn a_sleep_without_a_deadline_is_depended_on_too_after_a_pending_poll() {
    let clock = VirtualClock::new();
    let mut sleep = clock.raw_sleep(None);
    assert!(poll(&mut sleep, Waker::noop()).is_pending());
    assert_eq!((clock.pending(), clock.unpolled_resets()), (vec![], vec![]));
    reset(&mut sleep, at(15));
    assert_eq!((clock.pending(), clock.unpolled_resets()), (vec![at(15)], vec![at(15)]));
    assert_eq!(clock.next_deadline(), None);
}

// Streams arm their timer again only when the next item is asked for.
#[test]
fn a_sleep_that_was_never_polled_or_had_fired_may_be_reset_at_any_time() {
    let clock = VirtualClock::new();
    let mut fresh = clock.raw_sleep(Some(at(5)));
    reset(&mut fresh, at(6));
    assert_eq!((clock.pending(), clock.unpolled_resets()), (vec![], vec![]));

    let mut woken = clock.raw_sleep(Some(at(5)));
    let mut ready = clock.raw_sleep(Some(at(5)));
    assert!(poll(&mut woken, Waker::noop()).is_pending());
    assert!(poll(&mut ready, Waker::noop()).is_pending());
    clock.advance(ms(5));
    assert!(poll(&mut ready, Waker::noop()).is_ready());
    let mut at_once = clock.raw_sleep(Some(at(5)));
    assert!(poll(&mut at_once, Waker::noop()).is_ready());
    for sleep in [&mut woken, &mut ready, &mut at_once] {
        reset(sleep, at(10));
    }
    assert_eq!((clock.pending(), clock.unpolled_resets()), (vec![], vec![]));
}

#[test]
fn a_drop_gives_up_the_registration_and_the_waker() {
    let clock = VirtualClock::new();
    let (count, waker) = Count::new();
    let mut sleep = clock.raw_sleep(Some(at(5)));
    assert!(poll(&mut sleep, &waker).is_pending());
    drop(waker);
    assert_eq!(Arc::strong_count(&count), 2);
    drop(sleep);
    assert_eq!(Arc::strong_count(&count), 1);
    assert_eq!(clock.pending(), []);
    clock.advance(ms(10));
    assert_eq!(count.wakes(), 0);
}

#[test]
fn firing_gives_up_the_waker() {
    let clock = VirtualClock::new();
    let (count, waker) = Count::new();
    let mut sleep = clock.raw_sleep(Some(at(5)));
    assert!(poll(&mut sleep, &waker).is_pending());
    drop(waker);
    clock.advance(ms(5));
    assert_eq!(Arc::strong_count(&count), 1);
    drop(sleep); // between wake and poll
    assert_eq!(count.wakes(), 1);
}

#[test]
fn a_waker_may_drop_its_own_sleep_and_others() {
    let clock = VirtualClock::new();
    let (count, counting) = Count::new();
    let sleeps = Arc::new(Mutex::new(Vec::new()));
    let drops_all = calls({
        let sleeps = Arc::clone(&sleeps);
        move || sleeps.lock().unwrap().clear()
    });
    for waker in [&drops_all, &counting, &counting] {
        let mut sleep = clock.raw_sleep(Some(at(5)));
        assert!(poll(&mut sleep, waker).is_pending());
        sleeps.lock().unwrap().push(sleep);
    }
    clock.advance(ms(5));
    assert_eq!(count.wakes(), 0);
    assert_eq!(clock.pending(), []);
    assert_eq!(clock.now(), at(5));
}

#[test]
fn a_waker_may_poll_its_own_sleep() {
    let clock = VirtualClock::new();
    let sleep = Arc::new(Mutex::new(clock.raw_sleep(Some(at(5)))));
    let (count, counting) = Count::new();
    let polls_it = calls({
        let (sleep, counting) = (Arc::clone(&sleep), counting.clone());
        move || {
            assert!(poll(&mut *sleep.lock().unwrap(), &counting).is_ready());
            counting.wake_by_ref();
        }
    });
    assert!(poll(&mut *sleep.lock().unwrap(), &polls_it).is_pending());
    clock.advance(ms(9));
    assert_eq!(count.wakes(), 1);
}

#[test]
fn it_may_move_to_another_thread_while_it_is_pending() {
    let clock = VirtualClock::new();
    let (former, former_waker) = Count::new();
    let mut sleep = clock.raw_sleep(Some(at(5)));
    assert!(poll(&mut sleep, &former_waker).is_pending());
    let (newest, waker) = Count::new();
    let mut sleep = thread::spawn(move || {
        assert!(poll(&mut sleep, &waker).is_pending());
        sleep
    })
    .join()
    .unwrap();
    clock.advance(ms(5));
    assert_eq!((former.wakes(), newest.wakes()), (0, 1));
    assert!(poll(&mut sleep, Waker::noop()).is_ready());
}

#[test]
fn a_wait_beyond_the_clock_is_never() {
    let clock = VirtualClock::new();
    for start in [Duration::ZERO, Duration::from_nanos(1)] {
        clock.advance(start);
        let (count, waker) = Count::new();
        let mut never = Box::pin(clock.sleep(Duration::MAX));
        assert!(poll(&mut never, &waker).is_pending());
        assert!(poll(&mut never, &waker).is_pending());
        assert_eq!(clock.pending(), []);
        assert_eq!(count.wakes(), 0);
    }
    let mut never = Box::pin(clock.sleep(Duration::MAX));
    assert!(poll(&mut never, Waker::noop()).is_pending());
    clock.advance(Duration::MAX);
    assert!(poll(&mut never, Waker::noop()).is_pending());
}

#[test]
fn the_combinators_run_on_it_under_any_executor() {
    let clock = VirtualClock::new();
    let (count, waker) = Count::new();
    let mut body =
        Box::pin(clock.stall(ms(3), clock.timeout(ms(4), core::future::pending::<()>())));
    assert!(poll(&mut body, &waker).is_pending());
    clock.advance(ms(3));
    assert_eq!(count.wakes(), 1);
    assert!(poll(&mut body, &waker).is_pending());
    clock.advance(ms(4));
    assert_eq!(count.wakes(), 2);
    let core::task::Poll::Ready(outcome) = poll(&mut body, &waker) else { panic!("not ready") };
    assert!(outcome.is_err());
}

#[test]
fn it_shows_its_deadline() {
    let clock = VirtualClock::new();
    assert_eq!(
        format!("{:?}", clock.raw_sleep(Some(at(5)))),
        "Sleep { deadline: Some(Instant(5ms)), \
         clock: VirtualClock { now: Instant(0ns), pending: 0 } }"
    );
}
