//! The promises of `closing_poll`.

use core::cell::Cell;
use core::future::pending;
use core::marker::PhantomPinned;
use core::pin::{Pin, pin};
use core::task::{Context, Poll};

use anytempo::scope::Exit;
use anytempo::{Close, CloseError, Timer, close_on_exit, closing_poll};

use crate::suite::{Guard, Log, Outcome, Probe, STEP, Subject, check, check_count};

/// With a close as the traits of tokio and futures have it.
struct Pipe<'a> {
    log: &'a Log,
    turns: u32,
    result: Result<(), &'static str>,
    _guard: Guard<&'a Log>,
}

impl<'a> Pipe<'a> {
    fn new(log: &'a Log, turns: u32) -> Self {
        Self { log, turns, result: Ok(()), _guard: Guard(log, "dropped") }
    }

    fn poll_shutdown(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), &'static str>> {
        if let Some(turns) = self.turns.checked_sub(1) {
            self.turns = turns;
            self.log.note("closing");
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        self.log.note("closed");
        Poll::Ready(self.result)
    }

    fn abort(self) {
        self.log.note("aborted");
    }
}

/// The method is polled until it is ready, and then the value is dropped.
pub async fn polls_until_ready<T: Timer>(_: Subject<T>) -> Outcome {
    let log = Log::default();
    let pipe = closing_poll(Pipe::new(&log, 0), Pipe::poll_shutdown, Pipe::abort);
    let done = close_on_exit(pipe, async |mut pipe| pipe.turns = 2).await;
    check(done.is_ok(), "it is done")?;
    log.check(&["closing", "closing", "closed", "dropped"], "it is closed once")
}

/// An error is the end of it: it is there, and the method is not polled again, nor the value aborted.
pub async fn error_is_the_end<T: Timer>(_: Subject<T>) -> Outcome {
    let log = Log::default();
    let pipe = Pipe { result: Err("stuck"), ..Pipe::new(&log, 1) };
    let pipe = closing_poll(pipe, Pipe::poll_shutdown, Pipe::abort);
    let failed = close_on_exit(pipe, async |_| 7).await;
    check(failed == Err(CloseError::new(7, "stuck")), "both are there")?;
    log.check(&["closing", "closed", "dropped"], "it is closed once")
}

/// A scope that is cancelled in its body aborts, and polls no close.
pub async fn aborts_without_a_poll<T: Timer>(subject: Subject<T>) -> Outcome {
    let log = Log::default();
    let open = || closing_poll(Pipe::new(&log, 0), Pipe::poll_shutdown, Pipe::abort);
    drop(close_on_exit(open(), async |_| ()));
    log.check(&["aborted", "dropped"], "it is aborted before the first poll")?;

    log.clear();
    let scope = close_on_exit(open(), async |_| pending::<()>().await);
    check(subject.timer.timeout(STEP, scope).await.is_err(), "the limit is reached")?;
    log.check(&["aborted", "dropped"], "it is aborted in the body")?;

    log.clear();
    drop(open().close(Exit::Completed));
    log.check(&["aborted", "dropped"], "so is a close that is never polled")
}

/// A close that is dropped in its midst aborts, at each point of it.
pub async fn aborts_between_polls<T: Timer>(_: Subject<T>) -> Outcome {
    for polls in 1..=3 {
        let log = Log::default();
        {
            let pipe = closing_poll(Pipe::new(&log, 3), Pipe::poll_shutdown, Pipe::abort);
            let mut scope = pin!(close_on_exit(pipe, async |_| ()));
            for _ in 0..polls {
                check(Probe::new().poll(scope.as_mut()).is_pending(), "it is closing")?;
            }
        }
        check(log.count("closing") == polls && log.length() == polls + 2, "it is aborted once")?;
        check(log.count("aborted") == 1 && log.last() == Some("dropped"), "and then dropped")?;
    }
    Ok(())
}

/// The method is polled with the very waker of the scope, and not again once it was ready.
pub async fn poll_is_passed_on<T: Timer>(_: Subject<T>) -> Outcome {
    let (log, probe) = (Log::default(), Probe::new());
    let pipe = closing_poll(Pipe::new(&log, 1), Pipe::poll_shutdown, Pipe::abort);
    let mut close = pin!(pipe.close(Exit::Completed));
    check_count(log.length(), 0, "the close has not begun")?;
    check(probe.poll(close.as_mut()).is_pending(), "it is closing")?;
    check_count(probe.wakes(), 1, "it has the waker")?;
    check(probe.poll(close.as_mut()) == Poll::Ready(Ok(())), "it is closed")?;
    for _ in 0..2 {
        check(probe.poll(close.as_mut()).is_pending(), "a further poll is pending")?;
    }
    log.check(&["closing", "closed", "dropped"], "it is closed once")
}

/// A value that must stay where it is comes as a pinned borrow.
pub async fn takes_what_is_pinned<T: Timer>(_: Subject<T>) -> Outcome {
    struct Pinned(Cell<u32>, PhantomPinned);

    impl Pinned {
        fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), &'static str>> {
            self.0.set(self.0.get() + 1);
            Poll::Ready(Ok(()))
        }
    }

    let mut value = pin!(Pinned(Cell::new(1), PhantomPinned));
    let resource =
        closing_poll(value.as_mut(), |value, cx| value.get_mut().as_mut().poll_close(cx), drop);
    let done = close_on_exit(resource, async |value| value.0.set(5)).await;
    check(done.is_ok() && value.0.get() == 6, "it is closed where it is")
}
