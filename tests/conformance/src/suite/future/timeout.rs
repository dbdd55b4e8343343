//! The promises of `Timer::timeout` and `Timer::timeout_at`.

use core::cell::Cell;
use core::future::{Future, Ready, pending, poll_fn, ready};
use core::pin::pin;
use core::task::Poll;
use core::time::Duration;

use anytempo::Timer;
use futures_core::FusedFuture;

use crate::suite::{Outcome, Probe, STEP, Spy, Subject, check, check_count};

/// A future that is ready at once costs neither a look at the clock nor a timer.
pub async fn ready_costs_no_timer<T: Timer>(subject: Subject<T>) -> Outcome {
    let spy = Spy::on(subject.timer);
    check(spy.timer().timeout(Duration::ZERO, ready(7)).await == Ok(7), "it is ready in time")?;
    check(spy.timer().timeout_at(None, ready(7)).await == Ok(7), "it is ready in time")?;
    check(spy.reads() == 0 && spy.polls() == 0, "no timer is used")
}

/// A future that is not ready in time is elapsed, and not before.
pub async fn elapses_at_the_limit<T: Timer>(subject: Subject<T>) -> Outcome {
    let mark = subject.mark();
    check(subject.timer.timeout(STEP, pending::<()>()).await.is_err(), "the limit is reached")?;
    mark.passed(STEP)?;
    let deadline = mark.plus(3);
    check(
        subject.timer.timeout_at(deadline, pending::<()>()).await.is_err(),
        "the deadline is reached",
    )?;
    mark.passed(STEP * 3)
}

/// A zero limit gives the future one poll, and does not yield.
pub async fn zero_gives_one_turn<T: Timer>(subject: Subject<T>) -> Outcome {
    let turns = Turns::default();
    let mut limited = pin!(subject.timer.timeout(Duration::ZERO, turns.never()));
    let first = Probe::new().poll(limited.as_mut());
    check(matches!(first, Poll::Ready(Err(_))), "it is elapsed at once")?;
    check_count(turns.count(), 1, "the future had its turn")
}

/// A deadline that is past, or now, gives the future one poll, and does not yield.
pub async fn past_gives_one_turn<T: Timer>(subject: Subject<T>) -> Outcome {
    let past = subject.timer.now();
    for _ in 0..2 {
        let turns = Turns::default();
        let mut limited = pin!(subject.timer.timeout_at(past, turns.never()));
        check(Probe::new().poll(limited.as_mut()).is_ready(), "it is elapsed at once")?;
        check_count(turns.count(), 1, "the future had its turn")?;
        subject.pass(1).await;
    }
    Ok(())
}

/// A future that is ready at the very deadline is in time.
pub async fn future_wins_a_tie<T: Timer>(subject: Subject<T>) -> Outcome {
    let mark = subject.mark();
    let work = subject.timer.sleep_until(mark.plus(2));
    let mut limited = pin!(subject.timer.timeout_at(mark.plus(2), work));
    if subject.is_steady() {
        return check(limited.await.is_ok(), "the future wins the tie");
    }
    // Where time goes by itself it can go by between the two, so that only a poll after both is a tie for certain.
    let probe = Probe::new();
    if probe.poll(limited.as_mut()).is_ready() {
        return mark.waits(false, 2, "it waits");
    }
    subject.reach(mark.plus(2)).await;
    check(probe.poll(limited.as_mut()) == Poll::Ready(Ok(())), "the future wins the tie")
}

/// A future that is ready when it is polled is in time, however late that is.
pub async fn late_poll_still_wins<T: Timer>(subject: Subject<T>) -> Outcome {
    let probe = Probe::new();
    let mark = subject.mark();
    let mut limited = pin!(subject.timer.timeout(STEP, subject.timer.sleep_until(mark.plus(2))));
    if probe.poll(limited.as_mut()).is_ready() {
        return mark.waits(false, 1, "it waits");
    }
    subject.reach(mark.plus(4)).await;
    check(probe.poll(limited.as_mut()) == Poll::Ready(Ok(())), "the future is asked first")
}

/// The time before the first poll does not count.
pub async fn counts_from_first_poll<T: Timer>(subject: Subject<T>) -> Outcome {
    let limited = subject.timer.timeout(STEP, pending::<()>());
    subject.pass(2).await;
    let mark = subject.mark();
    check(limited.await.is_err(), "the limit is reached")?;
    mark.passed(STEP)
}

/// A limit that cannot be expressed does not end, and does not panic.
pub async fn beyond_the_clock_is_never<T: Timer>(subject: Subject<T>) -> Outcome {
    let probe = Probe::new();
    subject.pass(1).await;
    let mut longest = pin!(subject.timer.timeout(Duration::MAX, pending::<()>()));
    let mut never = pin!(subject.timer.timeout_at(None, pending::<()>()));
    for _ in 0..2 {
        check(probe.poll(longest.as_mut()).is_pending(), "the longest limit does not end")?;
        check(probe.poll(never.as_mut()).is_pending(), "`None` does not end")?;
        subject.pass(1).await;
    }
    let work = subject.timer.sleep(STEP);
    check(subject.timer.timeout(Duration::MAX, work).await.is_ok(), "the future is in time")
}

/// After its end a timeout polls nothing: it stays elapsed, or pending after an output.
pub async fn over_is_over<T: Timer>(subject: Subject<T>) -> Outcome {
    let probe = Probe::new();
    let turns = Turns::default();
    let mut elapsed = pin!(subject.timer.timeout(Duration::ZERO, turns.never()));
    let mut done = pin!(subject.timer.timeout(STEP, ready(7)));
    let yields = subject.timer.sleep(Duration::ZERO);
    let mut late = pin!(subject.timer.timeout(Duration::from_secs(3600), yields));
    check(!elapsed.is_terminated() && !done.is_terminated(), "neither has begun")?;
    check(probe.poll(done.as_mut()) == Poll::Ready(Ok(7)), "the one is done")?;
    check(probe.poll(late.as_mut()).is_pending(), "one needs its timer")?;
    check(probe.poll(late.as_mut()) == Poll::Ready(Ok(())), "and is done then")?;
    for _ in 0..3 {
        check(probe.poll(late.as_mut()).is_pending(), "done it is pending")?;
        check(probe.poll(elapsed.as_mut()).is_ready(), "elapsed it stays elapsed")?;
        check(probe.poll(done.as_mut()).is_pending(), "done it is pending")?;
    }
    check_count(turns.count(), 1, "the future is not polled again")?;
    check(elapsed.is_terminated() && done.is_terminated(), "both are terminated")?;
    check(late.is_terminated(), "and so is the third")
}

/// The future outlives its time limit, and can be had back.
pub async fn future_can_be_had_back<T: Timer>(subject: Subject<T>) -> Outcome {
    let mut limited = subject.timer.timeout(STEP, ready(7));
    let _: &Ready<u8> = limited.get_ref();
    *limited.get_mut() = ready(8);
    check(limited.into_inner().await == 8, "it was never begun")?;

    let mut work = pin!(subject.timer.sleep(STEP * 3));
    let mark = subject.mark();
    let limited = subject.timer.timeout(STEP, work.as_mut()).await;
    mark.waits(limited.is_err(), 3, "the limit is reached")?;
    work.await;
    mark.passed(STEP * 3)
}

/// Of nested limits the earliest counts, on the inside or the outside.
pub async fn earliest_of_nested_ends<T: Timer>(subject: Subject<T>) -> Outcome {
    let timer = &subject.timer;
    let mark = subject.mark();
    let inner =
        timer.timeout(STEP, timer.timeout(Duration::from_secs(3600), pending::<()>())).await;
    check(inner.is_err(), "the outer limit ends first")?;
    mark.passed(STEP)?;
    let outer =
        timer.timeout(Duration::from_secs(3600), timer.timeout(STEP, pending::<()>())).await;
    check(matches!(outer, Ok(Err(_))), "the inner limit ends first")?;
    mark.passed(STEP * 2)
}

/// Whenever it is pending its timer was polled, so that no runtime can lose the wake.
pub async fn polls_its_timer_whenever_pending<T: Timer>(subject: Subject<T>) -> Outcome {
    let spy = Spy::on(subject.timer);
    let probe = Probe::new();
    let mut limited = pin!(spy.timer().timeout(STEP * 1000, pending::<()>()));
    for polls in 1..=3 {
        check(probe.poll(limited.as_mut()).is_pending(), "it waits")?;
        check_count(spy.polls(), polls, "its timer is polled each time")?;
    }
    check(spy.reads() <= spy.polls(), "and the clock is read once a poll at most")
}

/// Counts the turns that a future has.
#[derive(Default)]
struct Turns(Cell<usize>);

impl Turns {
    fn never(&self) -> impl Future<Output = ()> {
        poll_fn(|_| {
            self.0.set(self.0.get() + 1);
            Poll::Pending
        })
    }

    fn count(&self) -> usize {
        self.0.get()
    }
}

/// Once the future has given its output, the timer is given up and its waker too.
pub async fn done_keeps_no_waker<T: Timer>(subject: Subject<T>) -> Outcome {
    let probe = Probe::new();
    let is_done = Cell::new(false);
    let work = poll_fn(|_| if is_done.get() { Poll::Ready(7) } else { Poll::Pending });
    let mut limited = pin!(subject.timer.timeout(Duration::from_secs(3600), work));
    check(probe.poll(limited.as_mut()).is_pending(), "it waits")?;
    check(probe.kept() > 0, "the timer keeps the waker")?;
    is_done.set(true);
    check(probe.poll(limited.as_mut()) == Poll::Ready(Ok(7)), "it is done")?;
    subject.pass(1).await;
    check_count(probe.kept(), 0, "no waker is kept")?;
    check(limited.deadline().is_none(), "nor a deadline")
}

/// A limit can be moved both ways as long as it is not over.
pub async fn reset_moves_the_limit<T: Timer>(subject: Subject<T>) -> Outcome {
    let probe = Probe::new();
    let mark = subject.mark();
    let mut limited = pin!(subject.timer.timeout(STEP, pending::<()>()));
    limited.as_mut().reset(STEP * 100_000);
    check(limited.deadline().is_none(), "it counts from the first poll")?;
    mark.sees(probe.poll(limited.as_mut()).is_pending(), "it waits for longer", "ready")?;
    check(limited.deadline().is_some(), "and has a deadline then")?;
    limited.as_mut().reset(STEP * 2);
    check(limited.as_mut().await.is_err(), "it is reached at the new time")?;
    mark.passed(STEP * 2)?;
    limited.as_mut().reset(STEP * 100_000);
    mark.sees(probe.poll(limited.as_mut()).is_ready(), "one that is over stays over", "pending")?;

    let mut limited = pin!(subject.timer.timeout_at(None, pending::<()>()));
    mark.sees(probe.poll(limited.as_mut()).is_pending(), "it has no limit", "ready")?;
    limited.as_mut().reset_at(mark.plus(5));
    check(limited.as_mut().await.is_err(), "now it has")?;
    mark.passed(STEP * 5)?;

    let mut limited = pin!(subject.timer.timeout_at(None, pending::<()>()));
    mark.sees(probe.poll(limited.as_mut()).is_pending(), "it has no limit", "ready")?;
    limited.as_mut().reset(Duration::ZERO);
    mark.sees(probe.poll(limited.as_mut()).is_ready(), "no limit is reached at once", "pending")
}

/// A future that wakes itself in each poll, and takes its time in it, is limited all the same.
pub async fn busy_future_is_limited<T: Timer>(subject: Subject<T>) -> Outcome {
    if subject.is_steady() {
        // Time stands still as long as anything runs.
        return Ok(());
    }
    let turns = Cell::new(0);
    let busy = poll_fn(|cx| -> Poll<()> {
        turns.set(turns.get() + 1);
        let mark = subject.mark();
        while !subject.timer.remaining(mark.plus(1)).is_zero() {
            core::hint::spin_loop();
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    });
    check(subject.timer.timeout(STEP * 6, busy).await.is_err(), "the limit is reached")?;
    // One turn comes before the limit begins, and one may begin right before its end.
    check(turns.get() <= 8, "and that soon")
}
