//! The promises of `Timer::stall`.

use core::cell::Cell;
use core::future::{pending, poll_fn, ready};
use core::pin::pin;
use core::task::Poll;
use core::time::Duration;

use anytempo::Timer;
use futures_core::FusedFuture;

use crate::suite::{Outcome, Probe, STEP, Subject, check, check_count};

/// The body begins after the delay, which counts from the first poll.
pub async fn body_waits<T: Timer>(subject: Subject<T>) -> Outcome {
    let began = Cell::new(None);
    let stalled = subject.timer.stall(STEP * 2, async { began.set(Some(subject.timer.now())) });
    subject.pass(1).await;
    let mark = subject.mark();
    stalled.await;
    mark.passed(STEP * 2)?;
    let end: Option<T::Instant> = mark.plus(2).into();
    check(end.is_some() && began.get() >= end, "the body begins after the delay")
}

/// The poll that ends the wait is the first one of the body.
pub async fn body_begins_as_the_wait_ends<T: Timer>(subject: Subject<T>) -> Outcome {
    let probe = Probe::new();
    let mut stalled = pin!(subject.timer.stall(STEP, ready(7)));
    check(probe.poll(stalled.as_mut()).is_pending(), "it waits")?;
    subject.pass(3).await;
    check(probe.wakes() > 0, "it wakes its task")?;
    check(probe.poll(stalled.as_mut()) == Poll::Ready(7), "the body has its turn at once")
}

/// Without a delay the body begins at the second poll.
pub async fn zero_yields_once<T: Timer>(subject: Subject<T>) -> Outcome {
    let probe = Probe::new();
    let mut stalled = pin!(subject.timer.stall(Duration::ZERO, ready(7)));
    check(probe.poll(stalled.as_mut()).is_pending(), "the first poll is pending")?;
    check(subject.wakes_at_once(&probe, 1).await > 0, "it wakes its task")?;
    check(probe.poll(stalled.as_mut()) == Poll::Ready(7), "the second poll runs the body")
}

/// After a delay that cannot be expressed the body does not run.
pub async fn beyond_the_clock_is_never<T: Timer>(subject: Subject<T>) -> Outcome {
    let probe = Probe::new();
    subject.pass(1).await;
    let mut stalled = pin!(subject.timer.stall(Duration::MAX, ready(7)));
    for _ in 0..2 {
        check(probe.poll(stalled.as_mut()).is_pending(), "it does not end")?;
        subject.pass(1).await;
    }
    Ok(())
}

/// A body that is done is not polled again.
pub async fn over_is_over<T: Timer>(subject: Subject<T>) -> Outcome {
    let probe = Probe::new();
    let turns = Cell::new(0);
    let body = poll_fn(|_| {
        turns.set(turns.get() + 1);
        Poll::Ready(())
    });
    let mut stalled = pin!(subject.timer.stall(STEP, body));
    stalled.as_mut().await;
    check(stalled.is_terminated(), "it is terminated")?;
    check(probe.poll(stalled.as_mut()).is_pending(), "a further poll is pending")?;
    check_count(turns.get(), 1, "the body is polled once")
}

/// A stall that is dropped while it waits has not begun its body, and wakes nobody.
pub async fn drop_before_the_body<T: Timer>(subject: Subject<T>) -> Outcome {
    let probe = Probe::new();
    let began = Cell::new(false);
    {
        let delay = subject.to_be_given_up();
        let mut stalled = pin!(subject.timer.stall(delay, async { began.set(true) }));
        check(probe.poll(stalled.as_mut()).is_pending(), "it waits")?;
    }
    subject.pass(3).await;
    check(!began.get(), "the body has not begun")?;
    check_count(probe.wakes(), 0, "nobody is woken")
}

/// The delay can be moved until the body begins.
pub async fn reset_moves_the_delay<T: Timer>(subject: Subject<T>) -> Outcome {
    let probe = Probe::new();
    let mark = subject.mark();
    let mut stalled = pin!(subject.timer.stall(STEP * 100_000, ready(7)));
    check(stalled.deadline().is_none(), "it counts from the first poll")?;
    mark.sees(probe.poll(stalled.as_mut()).is_pending(), "it waits", "ready")?;
    check(stalled.deadline().is_some(), "it has a deadline then")?;
    stalled.as_mut().reset(STEP * 2);
    check(stalled.as_mut().await == 7, "the body runs at the new time")?;
    mark.passed(STEP * 2)?;

    let mut stalled = pin!(subject.timer.stall(Duration::ZERO, pending::<()>()));
    for _ in 0..2 {
        mark.sees(probe.poll(stalled.as_mut()).is_pending(), "the body has begun", "ready")?;
        subject.pass(1).await;
    }
    stalled.as_mut().reset(Duration::MAX);
    mark.sees(probe.poll(stalled.as_mut()).is_pending(), "and is not stalled again", "ready")
}
