//! What is particular to embassy: one queue with a fixed number of entries, which knows tasks and not timers.
//!
//! What holds on every runtime is in the suite of `anytempo-conformance`.

use core::future::{Future, poll_fn};
use core::pin::pin;
use core::task::{Context, Poll, Waker};
use core::time::Duration;
use std::sync::Arc;
use std::task::Wake;
use std::thread::{self, Thread};

use anytempo::{Instant as _, Timer};
use anytempo_embassy::{Deadline, EmbassyTimer, Instant, Ticks};

const STEP: Duration = Duration::from_millis(5);

/// Wakes by unparking: embassy's queue takes wakers of any executor if it is a generic one.
struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return output;
        }
        thread::park();
    }
}

#[test]
fn more_tasks_wait_than_the_queue_has_entries() {
    // The queue wakes a task early for whose entry there is no room; its wait sees that it is not over, and asks again.
    let threads: Vec<_> = (0..200)
        .map(|index| {
            thread::spawn(move || {
                let start = EmbassyTimer.now();
                let delay = STEP * (1 + index % 7);
                block_on(EmbassyTimer.sleep(delay));
                let passed = EmbassyTimer.now().saturating_since(start);
                assert!(Instant::to_duration(passed) >= delay);
            })
        })
        .collect();
    threads.into_iter().for_each(|thread| thread.join().expect("no wake is lost"));
}

#[test]
fn a_task_that_dropped_a_wait_without_end_still_has_others() {
    block_on(async {
        {
            // The farthest deadline there is.
            let farthest = embassy_time::Instant::from_ticks(LAST);
            let mut never = pin!(EmbassyTimer.raw_sleep(Instant::from(farthest).into()));
            poll_fn(|cx| Poll::Ready(never.as_mut().poll(cx).is_pending())).await;
        }
        let start = EmbassyTimer.now();
        EmbassyTimer.sleep(STEP).await;
        assert!(Instant::to_duration(EmbassyTimer.now().saturating_since(start)) >= STEP);
    });
}

/// A span of so many ticks.
fn ticks(count: u64) -> Ticks {
    let span = at(count).saturating_since(at(0));
    assert_eq!(span.get(), count);
    span
}

fn at(ticks: u64) -> Instant {
    embassy_time::Instant::from_ticks(ticks).into()
}

const LAST: u64 = (1 << 62) - 1;

#[test]
fn both_ends_of_the_clock_are_never() {
    let last = at(LAST);
    let longest = Instant::delta_ceil(Duration::MAX);
    assert_eq!(last.checked_add(ticks(0)), last.into());
    assert_eq!(last.checked_add(ticks(1)), Deadline::NEVER);
    assert_eq!(at(0).checked_add(longest), Deadline::NEVER);
    assert_eq!(at(0).checked_after(longest), Deadline::NEVER);
    assert_eq!(last.checked_add(longest), Deadline::NEVER);
    assert_eq!(last.checked_after(longest), Deadline::NEVER);
    assert_eq!(at(0).checked_add(ticks(LAST)), last.into());
    assert_eq!(embassy_time::Instant::from(last).as_ticks(), LAST);
    for later in [LAST, LAST + 1, u64::MAX - 1, u64::MAX] {
        assert_eq!(at(later), last);
    }
}

#[test]
fn the_last_ticks_of_the_clock_are_exact() {
    let first = at(0);
    // At the rate of this build a tick is a whole number of nanoseconds.
    let tick = Instant::to_duration(ticks(1));
    let whole = Instant::to_duration(ticks(LAST));
    assert_eq!(Instant::delta_ceil(whole), ticks(LAST));
    assert_eq!(first.checked_add(Instant::delta_ceil(whole)), at(LAST).into());
    assert_eq!(first.checked_after(Instant::delta_ceil(whole)), Deadline::NEVER);
    assert_eq!(first.checked_after(Instant::delta_ceil(whole - tick)), at(LAST).into());
    assert_eq!(at(LAST).saturating_since(first), ticks(LAST));
    let second = Duration::from_secs(1);
    let too_long =
        [Duration::from_nanos(1), tick, second, second + tick, second * 2, Duration::MAX];
    for more in too_long {
        let delta = Instant::delta_ceil(whole.saturating_add(more));
        assert!(delta > ticks(LAST));
        // From wherever the clock counts, and the sum does not wrap.
        for start in [first, at(LAST / 2), at(LAST)] {
            assert_eq!(
                (start.checked_add(delta), start.checked_after(delta)),
                (Deadline::NEVER, Deadline::NEVER)
            );
        }
        assert!(Instant::to_duration(delta) > whole);
    }
}

#[test]
fn instants_are_in_the_order_of_their_ticks() {
    let [early, late] = [3, 4].map(at);
    assert!(early < late);
    assert!(late > early);
    assert_eq!(late.saturating_since(early).get(), 1);
    assert_eq!(early.saturating_since(late).get(), 0);
    assert_eq!(format!("{early:?}"), "Instant { ticks: 3 }");
}

#[test]
fn spans_are_in_the_order_of_their_ticks() {
    let zero = Instant::delta_ceil(Duration::ZERO);
    assert_eq!(zero, ticks(0));
    assert!(zero < ticks(1) && ticks(1) < ticks(2));
    assert!(ticks(LAST) < Instant::delta_ceil(Duration::MAX));
    assert_eq!(format!("{:?} {:?}", ticks(0), ticks(7)), "Ticks(0) Ticks(7)");
}

#[test]
fn a_wait_that_begins_late_in_a_tick_has_a_tick_more() {
    assert_eq!(at(5).checked_after(ticks(0)), at(5).into());
    assert_eq!(at(5).checked_after(ticks(3)), at(5).checked_add(ticks(4)));
    assert_eq!(at(5).checked_after(ticks(LAST - 5)), Deadline::NEVER);
    assert_eq!(at(5).checked_after(ticks(LAST - 6)), at(LAST).into());
}

#[test]
fn a_wait_is_its_deadline_and_nothing_else() {
    assert_eq!(size_of::<anytempo_embassy::Sleep>(), 8);
    // As embassy's own `Timer`.
    assert!(size_of::<anytempo::future::Sleep<EmbassyTimer>>() <= 16);
    assert!(size_of::<anytempo::future::Stall<(), EmbassyTimer>>() <= 16);
    assert!(size_of::<anytempo::future::Timeout<(), EmbassyTimer>>() <= 16);
    assert!(size_of::<anytempo::stream::Countdown<EmbassyTimer>>() <= 24);
}
