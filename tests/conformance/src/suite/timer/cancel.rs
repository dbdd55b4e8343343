//! What is dropped is over: at every await point of everything that waits.

use core::cell::Cell;
use core::future::{Future, pending};
use core::pin::{Pin, pin};
use core::task::{Context, Poll};
use core::time::Duration;

use anytempo::{RawSleep, StreamTimeExt, Timer, close_on_exit, closing, generate, next};

use crate::suite::case::never;
use crate::suite::{Outcome, Probe, STEP, Subject, check, check_count};

/// A wait that is dropped while it is pending wakes nobody.
pub async fn dropped_wait_wakes_nobody<T: Timer>(subject: Subject<T>) -> Outcome {
    let probe = Probe::new();
    {
        let deadline = subject.mark().plus(if subject.is_steady() { 1 } else { 1_000_000 });
        let mut raw = pin!(subject.timer.raw_sleep(deadline));
        check(probe.poll(raw.as_mut()).is_pending(), "it waits")?;
    }
    subject.pass(3).await;
    check_count(probe.wakes(), 0, "nobody is woken")
}

/// A wait that is dropped while it is pending gives its waker back, at the latest with the runtime's next turn.
pub async fn dropped_wait_keeps_no_waker<T: Timer>(subject: Subject<T>) -> Outcome {
    let probe = Probe::new();
    {
        let mut raw = pin!(subject.timer.raw_sleep(subject.mark().plus(1_000_000)));
        check(probe.poll(raw.as_mut()).is_pending(), "it waits")?;
        check(probe.kept() > 0, "its waker is kept meanwhile")?;
    }
    subject.pass(1).await;
    check_count(probe.kept(), 0, "no waker is kept")
}

/// A wait that is disarmed gives its waker back too.
pub async fn disarmed_wait_keeps_no_waker<T: Timer>(subject: Subject<T>) -> Outcome {
    let probe = Probe::new();
    let mut raw = pin!(subject.timer.raw_sleep(subject.mark().plus(1_000_000)));
    check(probe.poll(raw.as_mut()).is_pending(), "it waits")?;
    raw.as_mut().reset(never::<T>());
    check(probe.poll(raw.as_mut()).is_pending(), "it is disarmed")?;
    subject.pass(1).await;
    check_count(probe.kept(), 0, "no waker is kept")
}

/// A limit that was reached has given its waker back, although it is still there. Nor does a ready wait wake its task again.
pub async fn ready_wait_keeps_no_waker<T: Timer>(subject: Subject<T>) -> Outcome {
    let (probe, other) = (Probe::new(), Probe::new());
    let mark = subject.mark();
    let mut limited = pin!(subject.timer.timeout_at(mark.plus(1), pending::<()>()));
    let mut raw = pin!(subject.timer.raw_sleep(mark.plus(1)));
    let _ = (probe.poll(limited.as_mut()), other.poll(raw.as_mut()));
    subject.reach(mark.plus(2)).await;
    mark.sees(probe.poll(limited.as_mut()).is_ready(), "the limit is reached", "pending")?;
    mark.sees(other.poll(raw.as_mut()).is_ready(), "the wait is ready", "pending")?;
    let wakes = other.wakes();
    subject.pass(2).await;
    check_count(probe.kept(), 0, "the limit keeps no waker")?;
    check(limited.deadline().is_some(), "but tells its deadline")?;
    check_count(other.wakes(), wakes, "a ready wait wakes nobody")
}

/// A wait that is dropped before its first poll was never there.
pub async fn dropped_before_the_first_poll<T: Timer>(subject: Subject<T>) -> Outcome {
    let mark = subject.mark();
    drop(subject.timer.raw_sleep(mark.plus(1)));
    drop(subject.timer.sleep(STEP));
    drop(subject.timer.countdown(3, STEP));
    drop(subject.timer.timeout(STEP, pending::<()>()));
    subject.pass(2).await;
    mark.passed(STEP * 2)
}

/// A wait that is dropped between its wake and the next poll does no harm to the others of its task.
pub async fn dropped_after_its_wake<T: Timer>(subject: Subject<T>) -> Outcome {
    let probe = Probe::new();
    let mark = subject.mark();
    {
        let mut raw = pin!(subject.timer.raw_sleep(mark.plus(1)));
        let _ = probe.poll(raw.as_mut());
        subject.reach(mark.plus(3)).await;
    }
    subject.pass(1).await;
    mark.passed(STEP * 4)
}

/// Everything that waits can be dropped at each of its await points, and the runtime goes on as if it had never been.
pub async fn at_every_await_point<T: Timer>(subject: Subject<T>) -> Outcome {
    let timer = &subject.timer;
    let delay = STEP / 4;
    for polls in 0..8 {
        drop_after(&subject, polls, timer.sleep(delay)).await;
        drop_after(&subject, polls, timer.timeout(delay, timer.sleep(STEP))).await;
        drop_after(&subject, polls, timer.stall(delay, timer.sleep(delay))).await;
        drop_after(&subject, polls, async {
            let mut numbers = pin!(timer.countdown(3, delay));
            while next(&mut numbers).await.is_some() {}
        })
        .await;
        drop_after(&subject, polls, async {
            let source = generate(async |mut y| {
                for item in 0..3 {
                    timer.sleep(delay).await;
                    y.emit(item).await;
                }
            });
            let mut items = pin!(source.pace(timer, delay).stall(timer, delay));
            while next(&mut items).await.is_some() {}
        })
        .await;
        let closed = Cell::new(0);
        let resource = closing((), |()| closed.set(closed.get() + 1));
        drop_after(
            &subject,
            polls,
            close_on_exit(resource, async |_| {
                for _ in 0..3 {
                    timer.sleep(delay).await;
                }
            }),
        )
        .await;
        check_count(closed.get(), 1, "the scope is closed once, wherever it is left")?;
    }
    let mark = subject.mark();
    subject.pass(2).await;
    mark.passed(STEP * 2)
}

/// A limit that is reached drops what it limits at the end of the limit's own life, and not before.
pub async fn limited_future_is_dropped_with_its_limit<T: Timer>(subject: Subject<T>) -> Outcome {
    let dropped = Cell::new(false);
    {
        let mut limited = pin!(subject.timer.timeout(Duration::ZERO, Noted(&dropped)));
        check(limited.as_mut().await.is_err(), "the limit is reached")?;
        check(!dropped.get(), "what it limits is still there")?;
    }
    check(dropped.get(), "and goes with it")
}

/// Polls `future` so often at the most, with some time in between, and drops it.
async fn drop_after<T: Timer>(subject: &Subject<T>, polls: usize, future: impl Future) {
    let probe = Probe::new();
    let mut future = pin!(future);
    for _ in 0..polls {
        if probe.poll(future.as_mut()).is_ready() {
            return;
        }
        subject.timer.sleep(STEP / 4).await;
    }
}

/// A future that never ends, and notes its drop.
struct Noted<'a>(&'a Cell<bool>);

impl Future for Noted<'_> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        Poll::Pending
    }
}

impl Drop for Noted<'_> {
    fn drop(&mut self) {
        self.0.set(true);
    }
}
