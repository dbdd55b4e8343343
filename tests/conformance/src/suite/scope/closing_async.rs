//! The promises of `closing_async`.

use core::cell::Cell;
use core::future::{pending, poll_fn};
use core::pin::pin;
use core::task::Poll;

use anytempo::scope::Exit;
use anytempo::{Close, CloseError, Timer, close_on_exit, closing_async};

use crate::suite::{Guard, Log, Outcome, Probe, STEP, Subject, check, check_count, turns};

/// The close is awaited, with the value as the body left it; it is not aborted then, and the value is dropped.
pub async fn close_is_awaited<T: Timer>(subject: Subject<T>) -> Outcome {
    let log = Log::default();
    let open = Guard(&log, "dropped");
    let resource = closing_async(
        (open, 1),
        async |mut value| {
            subject.pass(value.1).await;
            value.1 += 1;
            log.note("closed");
        },
        |_| log.note("aborted"),
    );
    let mark = subject.mark();
    let Ok(()) = close_on_exit(resource, async |mut value| value.1 = 3).await;
    mark.passed(STEP * 3)?;
    log.check(&["closed", "dropped"], "it is closed, not aborted, and dropped")
}

/// A close that fails is over: its error is there, and it is neither aborted nor tried again.
pub async fn failed_close_is_over<T: Timer>(subject: Subject<T>) -> Outcome {
    let log = Log::default();
    let resource = closing_async(
        Guard(&log, "dropped"),
        async |_| {
            subject.pass(1).await;
            log.note("closed");
            Err("stuck")
        },
        |_| log.note("aborted"),
    );
    let failed = close_on_exit(resource, async |_| 7).await;
    check(failed == Err(CloseError::new(7, "stuck")), "both are there")?;
    log.check(&["closed", "dropped"], "it is closed, not aborted, and dropped")
}

/// A cancelled scope does not begin the close: it is aborted with the value.
pub async fn cancelled_body_aborts<T: Timer>(subject: Subject<T>) -> Outcome {
    let log = Log::default();
    let value = Cell::new(0);
    let open = || {
        closing_async(1, async |_| log.note("closing"), |aborted| value.set(value.get() + aborted))
    };
    drop(close_on_exit(open(), async |_| ()));
    check_count(value.get(), 1, "it is aborted before the first poll")?;

    let scope = close_on_exit(open(), async |mut value| {
        *value = 10;
        pending::<()>().await;
    });
    check(subject.timer.timeout(STEP, scope).await.is_err(), "the limit is reached")?;
    check_count(value.get(), 11, "it is aborted with what the body made of it")?;
    check_count(log.length(), 0, "the close is not begun")
}

/// A close that is dropped in its midst, at each point of it, is dropped first and then aborted, with what it made of the value.
pub async fn cancelled_close_aborts<T: Timer>(_: Subject<T>) -> Outcome {
    for polls in 1..=4_usize {
        let log = Log::default();
        let aborted = Cell::new(0);
        let resource = closing_async(
            0,
            async |mut value| {
                let _guard = Guard(&log, "close dropped");
                for _ in 0..4 {
                    *value += 1;
                    turns(1).await;
                }
            },
            |value| {
                log.note("aborted");
                aborted.set(value);
            },
        );
        {
            let mut scope = pin!(close_on_exit(resource, async |_| ()));
            for _ in 0..polls {
                check(Probe::new().poll(scope.as_mut()).is_pending(), "it is closing")?;
            }
        }
        log.check(&["close dropped", "aborted"], "it is aborted once")?;
        check_count(aborted.get(), polls, "with the value as it is")?;
    }
    Ok(())
}

/// The close begins with its first poll, and where it is dropped before that it is aborted.
pub async fn unpolled_close_aborts<T: Timer>(_: Subject<T>) -> Outcome {
    let log = Log::default();
    let resource = || closing_async((), async |_| log.note("closed"), |()| log.note("aborted"));
    drop(resource().close(Exit::Completed));
    log.check(&["aborted"], "it is aborted once")?;
    resource().abort();
    log.check(&["aborted", "aborted"], "an abort is the same")?;

    log.clear();
    {
        let probe = Probe::new();
        let mut close = pin!(resource().close(Exit::Completed));
        check_count(log.length(), 0, "it has not begun")?;
        check(probe.poll(close.as_mut()) == Poll::Ready(Ok(())), "it is done")?;
        check(probe.poll(close.as_mut()).is_pending(), "a further poll is pending")?;
    }
    log.check(&["closed"], "it is closed once")
}

/// The close is polled with the very waker of the scope.
pub async fn close_has_the_waker<T: Timer>(_: Subject<T>) -> Outcome {
    let probe = Probe::new();
    let same = Cell::new(false);
    let watch = || {
        poll_fn(|cx| {
            same.set(cx.waker().will_wake(probe.context().waker()));
            Poll::Ready(())
        })
    };
    let resource = closing_async((), async |_| watch().await, drop);
    let mut scope = pin!(close_on_exit(resource, async |_| ()));
    check(probe.poll(scope.as_mut()).is_ready(), "it is done")?;
    check(same.get(), "the close has the waker")
}
