//! The promises of `closing_owned`, and of `Exit`, with which it is called.

use core::cell::Cell;
use core::future::{pending, ready};
use core::pin::pin;
use core::task::Poll;

use anytempo::scope::Exit;
use anytempo::{
    Close, CloseError, StreamTimeExt, Timer, close_on_exit, closing_owned, next, range,
    try_close_on_exit,
};

use crate::suite::{Guard, Log, Outcome, Probe, STEP, Subject, check, check_count, turns};

/// A value that is consumed by its close, and of which there is only one.
struct Transaction<'a> {
    log: &'a Log,
    rows: u32,
    _guard: Guard<&'a Log>,
}

impl<'a> Transaction<'a> {
    fn begin(log: &'a Log) -> Self {
        Self { log, rows: 0, _guard: Guard(log, "gone") }
    }

    async fn commit(self) -> Result<(), u32> {
        turns(1).await;
        self.log.note("committed");
        Err(self.rows)
    }

    async fn roll_back(self) -> Result<(), u32> {
        turns(1).await;
        self.log.note("rolled back");
        Ok(())
    }
}

/// A resource that commits what is completed and rolls back all else.
fn transaction(log: &Log) -> impl Close<Target = Transaction<'_>, Error = u32> {
    let close = async |transaction: Transaction<'_>, exit| match exit {
        Exit::Completed => transaction.commit().await,
        _ => transaction.roll_back().await,
    };
    closing_owned(Transaction::begin(log), close, |it: Transaction<'_>| it.log.note("aborted"))
}

/// A resource that notes how the scope was left.
fn telling<'a>(log: &'a Log, exit: &'a Cell<Option<Exit>>) -> impl Close<Error: PartialEq> + 'a {
    let close = |(), it| {
        exit.set(Some(it));
        log.note("closed");
        ready(())
    };
    closing_owned((), close, |()| log.note("aborted"))
}

/// The close is given the value as the body left it, and consumes it.
pub async fn consumes_the_value<T: Timer>(_: Subject<T>) -> Outcome {
    let log = Log::default();
    let left = close_on_exit(transaction(&log), async |mut it| {
        it.rows += 5;
        7
    });
    check(left.await == Err(CloseError::new(7, 5)), "what the close gives is there")?;
    log.check(&["committed", "gone"], "it is consumed, once")
}

/// A body that succeeds commits, and one that fails rolls back. To `close_on_exit` an error is a value.
pub async fn knows_how_the_body_ended<T: Timer>(_: Subject<T>) -> Outcome {
    for fails in [false, true] {
        let log = Log::default();
        let body = if fails { Err("broken") } else { Ok(7) };
        let left = try_close_on_exit(transaction(&log), async |_| body).await;
        let ended = if fails { "rolled back" } else { "committed" };
        check(left.or_else(anytempo::ScopeError::into_body) == body, "as without")?;
        log.check(&[ended, "gone"], "it is committed or rolled back")?;

        log.clear();
        let left = close_on_exit(transaction(&log), async |_| body).await;
        check(left == Err(CloseError::new(body, 0)), "as without")?;
        log.check(&["committed", "gone"], "an error is a value here")?;
    }
    Ok(())
}

/// Cancelled before the close has begun, the value is aborted, and neither committed nor rolled back.
pub async fn cancelled_body_aborts<T: Timer>(subject: Subject<T>) -> Outcome {
    let log = Log::default();
    drop(close_on_exit(transaction(&log), async |_| ()));
    log.check(&["aborted", "gone"], "before the first poll")?;

    log.clear();
    let scope = close_on_exit(transaction(&log), async |_| pending::<()>().await);
    check(subject.timer.timeout(STEP, scope).await.is_err(), "the limit is reached")?;
    log.check(&["aborted", "gone"], "in the body")?;

    log.clear();
    drop(transaction(&log).close(Exit::Completed));
    log.check(&["aborted", "gone"], "before the first poll of the close")
}

/// Cancelled while it runs, the close is dropped, and the value with it.
pub async fn cancelled_close_is_dropped<T: Timer>(_: Subject<T>) -> Outcome {
    let log = Log::default();
    {
        let mut scope = pin!(close_on_exit(transaction(&log), async |_| ()));
        check(Probe::new().poll(scope.as_mut()).is_pending(), "it is closing")?;
        check_count(log.length(), 0, "the close has the value")?;
    }
    log.check(&["gone"], "both are gone")
}

/// Once it is over it is pending, and keeps nothing.
pub async fn ended_stays_ended<T: Timer>(_: Subject<T>) -> Outcome {
    let (log, probe) = (Log::default(), Probe::new());
    let mut close = pin!(transaction(&log).close(Exit::Failed));
    check(probe.poll(close.as_mut()).is_pending(), "it is closing")?;
    check_count(probe.wakes(), 1, "with the waker of whoever polls")?;
    check(probe.poll(close.as_mut()) == Poll::Ready(Ok(())), "it is closed")?;
    check(probe.poll(close.as_mut()).is_pending(), "a further poll is pending")?;
    log.check(&["rolled back", "gone"], "it is closed once")
}

/// Whatever is around a resource, it is told how the scope was left.
pub async fn is_told_through_everything<T: Timer>(subject: Subject<T>) -> Outcome {
    let (log, exit) = (&Log::default(), &Cell::new(None));
    let timer = &subject.timer;
    for fails in [false, true] {
        let body = || if fails { Err("broken") } else { Ok(7) };
        let expected = Some(if fails { Exit::Failed } else { Exit::Completed });
        let _ = try_close_on_exit(telling(log, exit), async |_| body()).await;
        check(exit.take() == expected, "by itself")?;
        let _ =
            try_close_on_exit(telling(log, exit).close_within(timer, STEP), async |_| body()).await;
        check(exit.take() == expected, "within a limit")?;
        let _ = try_close_on_exit(
            (telling(log, exit), [(); 0].map(|()| telling(log, exit))),
            async |_| body(),
        )
        .await;
        check(exit.take() == expected, "in a tuple")?;
        let _ = try_close_on_exit([telling(log, exit)], async |_| body()).await;
        check(exit.take() == expected, "in an array")?;
    }
    let mut items = pin!(range(0..1).close_on_exit(telling(log, exit)));
    while next(&mut items).await.is_some() {}
    check(exit.take() == Some(Exit::Completed), "at the end of a stream")?;
    check(log.count("aborted") == 0 && log.count("closed") == 9, "each is closed once")
}
