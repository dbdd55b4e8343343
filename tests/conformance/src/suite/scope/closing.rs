//! The promises of `closing`.

use core::cell::Cell;
use core::future::pending;
use core::pin::pin;
use core::task::Poll;

use anytempo::scope::Exit;
use anytempo::{Close, CloseError, Timer, close_on_exit, closing};

use crate::suite::{Outcome, Probe, STEP, Subject, check, check_count};

/// The closure is given the value as the body left it.
pub async fn takes_the_value<T: Timer>(_: Subject<T>) -> Outcome {
    let closed = Cell::new([0; 2]);
    let Ok(()) =
        close_on_exit(closing([1, 2], |value| closed.set(value)), async |mut value| value[0] = 5)
            .await;
    check(closed.get() == [5, 2], "it is the value of the body")
}

/// An error of the closure is there beside the value of the body; it is dropped where no one can be told.
pub async fn error_is_told_if_it_can_be<T: Timer>(subject: Subject<T>) -> Outcome {
    let calls = Cell::new(0);
    let open = || {
        closing((), |()| {
            calls.set(calls.get() + 1);
            Err::<(), _>("stuck")
        })
    };
    let failed = close_on_exit(open(), async |_| 7).await;
    check(failed == Err(CloseError::new(7, "stuck")), "the error is there")?;
    check_count(calls.get(), 1, "it is not tried again")?;

    let scope = close_on_exit(open(), async |_| pending::<()>().await);
    check(subject.timer.timeout(STEP, scope).await.is_err(), "the limit is reached")?;
    check_count(calls.get(), 2, "it is called when cancelled")
}

/// The closure is called by the close itself, which waits for nothing, and not again by its future.
pub async fn close_is_called_once<T: Timer>(_: Subject<T>) -> Outcome {
    let calls = Cell::new(0);
    let open = || closing((), |()| calls.set(calls.get() + 1));

    let close = open().close(Exit::Completed);
    check_count(calls.get(), 1, "it is called")?;
    drop(close);
    check_count(calls.get(), 1, "a drop calls it no more")?;
    {
        let probe = Probe::new();
        let mut close = pin!(open().close(Exit::Completed));
        check(probe.poll(close.as_mut()) == Poll::Ready(Ok(())), "it is done at once")?;
        check(probe.poll(close.as_mut()).is_pending(), "a further poll is pending")?;
    }
    check_count(calls.get(), 2, "and it is not called again")?;
    open().abort();
    check_count(calls.get(), 3, "an abort is the same")
}

/// What never enters a scope is not closed, and what is in it can be used.
pub async fn outside_it_is_a_value<T: Timer>(_: Subject<T>) -> Outcome {
    let calls = Cell::new(0);
    {
        let mut resource = closing([1, 2], |_| calls.set(calls.get() + 1));
        resource[0] = 3;
        check(*resource == [3, 2], "it dereferences to the value")?;
        check(*resource.target() == [3, 2], "which is what a body sees")?;
    }
    check_count(calls.get(), 0, "it is not closed")
}
