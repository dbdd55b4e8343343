//! The promises of `close_on_exit` and `closing`.

use core::cell::Cell;
use core::future::{pending, ready};
use core::pin::pin;
use core::task::{Context, Poll};

use anytempo::{Close, CloseError, Timer, close_on_exit, closing};
use futures_core::FusedFuture;

use crate::suite::{Log, Outcome, Probe, STEP, Subject, check};

/// A resource that notes what happens to it.
struct Door<'a> {
    log: &'a Log,
    turns: u32,
    result: Result<(), &'static str>,
}

impl<'a> Door<'a> {
    /// It closes after `turns` polls that are pending.
    fn new(log: &'a Log, turns: u32) -> Self {
        Self { log, turns, result: Ok(()) }
    }
}

impl Close for Door<'_> {
    type Error = &'static str;

    fn poll_close(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), &'static str>> {
        if let Some(turns) = self.turns.checked_sub(1) {
            self.turns = turns;
            self.log.note("closing");
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        self.log.note("closed");
        Poll::Ready(self.result)
    }

    fn abort(&mut self) {
        self.log.note("aborted");
    }
}

/// Notes when it is dropped.
struct Guard<'a>(&'a Log);

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        self.0.note("body dropped");
    }
}

/// A body that gives a value: the close is awaited, and then the value is there.
pub async fn closes_after_a_value<T: Timer>(subject: Subject<T>) -> Outcome {
    let log = Log::default();
    let scope = close_on_exit(Door::new(&log, 2), async |door: &mut Door<'_>| {
        door.log.note("entered");
        subject.pass(1).await;
        7
    });
    check(scope.await == Ok(7), "the value is there")?;
    check(log.is(&["entered", "closing", "closing", "closed"]), "it is closed once")
}

/// A body that fails is closed like any other, and its error is there.
pub async fn closes_after_an_error<T: Timer>(subject: Subject<T>) -> Outcome {
    let log = Log::default();
    let scope = close_on_exit(Door::new(&log, 0), async |_: &mut Door<'_>| {
        subject.pass(1).await;
        Err::<u8, _>("broken")?;
        Ok::<u8, &str>(7)
    });
    check(scope.await == Ok(Err("broken")), "the error is there")?;
    check(log.is(&["closed"]), "it is closed once")
}

/// A close that fails loses neither what the body gave nor its own error.
pub async fn failed_close_keeps_the_value<T: Timer>(_: Subject<T>) -> Outcome {
    let log = Log::default();
    let stuck = Door { result: Err("stuck"), ..Door::new(&log, 1) };
    let scope = close_on_exit(stuck, async |_: &mut Door<'_>| 7);
    check(scope.await == Err(CloseError { value: 7, error: "stuck" }), "both are there")?;
    check(log.is(&["closing", "closed"]), "it is not tried again")
}

/// A scope that is dropped before its first poll aborts.
pub async fn aborts_before_first_poll<T: Timer>(_: Subject<T>) -> Outcome {
    let log = Log::default();
    drop(close_on_exit(Door::new(&log, 0), async |_: &mut Door<'_>| ()));
    check(log.is(&["aborted"]), "it is aborted once")
}

/// A scope that is dropped in its body aborts.
pub async fn aborts_in_the_body<T: Timer>(_: Subject<T>) -> Outcome {
    let log = Log::default();
    {
        let mut scope =
            pin!(close_on_exit(Door::new(&log, 0), async |_: &mut Door<'_>| pending::<()>().await));
        check(Probe::new().poll(scope.as_mut()).is_pending(), "the body waits")?;
        check(log.length() == 0, "it is open")?;
    }
    check(log.is(&["aborted"]), "it is aborted once")
}

/// A scope that is dropped in the midst of its close aborts, at each point of it.
pub async fn aborts_in_the_close<T: Timer>(_: Subject<T>) -> Outcome {
    for polls in 1..=3 {
        let log = Log::default();
        {
            let mut scope = pin!(close_on_exit(Door::new(&log, 3), async |_: &mut Door<'_>| ()));
            for _ in 0..polls {
                check(Probe::new().poll(scope.as_mut()).is_pending(), "it is closing")?;
            }
        }
        check(log.last() == Some("aborted"), "it is aborted in the end")?;
        check(log.length() == polls + 1, "once")?;
    }
    Ok(())
}

/// The body is gone before the resource is closed or aborted.
pub async fn body_goes_first<T: Timer>(_: Subject<T>) -> Outcome {
    let log = Log::default();
    let done = close_on_exit(Door::new(&log, 0), async |_: &mut Door<'_>| {
        let _guard = Guard(&log);
        ready(()).await;
    });
    check(done.await.is_ok(), "it is done")?;
    check(log.is(&["body dropped", "closed"]), "the body goes first")?;

    log.clear();
    {
        let mut scope = pin!(close_on_exit(Door::new(&log, 0), async |_: &mut Door<'_>| {
            let _guard = Guard(&log);
            pending::<()>().await;
        }));
        check(Probe::new().poll(scope.as_mut()).is_pending(), "the body waits")?;
    }
    check(log.is(&["body dropped", "aborted"]), "the body goes first")
}

/// A time limit cancels the scope.
pub async fn cancelled_by_a_time_limit<T: Timer>(subject: Subject<T>) -> Outcome {
    let log = Log::default();
    let scope = close_on_exit(Door::new(&log, 0), async |_: &mut Door<'_>| pending::<()>().await);
    check(subject.timer.timeout(STEP, scope).await.is_err(), "the limit is reached")?;
    check(log.is(&["aborted"]), "it is aborted once")
}

/// A scope that is over closes nothing again.
pub async fn over_is_over<T: Timer>(_: Subject<T>) -> Outcome {
    let log = Log::default();
    let probe = Probe::new();
    {
        let mut scope = pin!(close_on_exit(Door::new(&log, 0), async |_: &mut Door<'_>| 7));
        check(!scope.is_terminated(), "it has not begun")?;
        check(probe.poll(scope.as_mut()) == Poll::Ready(Ok(7)), "it is done")?;
        check(probe.poll(scope.as_mut()).is_pending(), "a further poll is pending")?;
        check(scope.is_terminated(), "it is terminated")?;
    }
    check(log.is(&["closed"]), "it is closed once")
}

/// A close that is a closure is called once, on every way out.
pub async fn closing_calls_once<T: Timer>(subject: Subject<T>) -> Outcome {
    let calls = Cell::new(0);
    let count = |value: &mut u32| calls.set(calls.get() + *value);

    let Ok(value) = close_on_exit(closing(1, count), async |value| {
        subject.pass(1).await;
        **value += 1;
        **value
    })
    .await;
    check(value == 2 && calls.get() == 2, "it is called after a value")?;

    drop(close_on_exit(closing(10, count), async |_| ()));
    check(calls.get() == 12, "it is called when cancelled")
}

/// What is lent to a scope is closed by it, once, and is still there after it.
pub async fn closes_what_is_lent<T: Timer>(_: Subject<T>) -> Outcome {
    let log = Log::default();
    let mut door = Door::new(&log, 0);
    let scope = close_on_exit(&mut door, async |door: &mut &mut Door<'_>| door.log.note("entered"));
    check(scope.await.is_ok(), "it is done")?;
    check(log.is(&["entered", "closed"]), "it is closed once")?;
    drop(close_on_exit(&mut door, async |_: &mut &mut Door<'_>| ()));
    check(log.is(&["entered", "closed", "aborted"]), "it is aborted once")
}
