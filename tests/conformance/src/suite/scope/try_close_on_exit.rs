//! The promises of `try_close_on_exit`.

use core::error::Error;
use core::fmt;
use core::future::pending;
use core::pin::pin;
use core::task::Poll;

use anytempo::scope::CloseWithinError;
use anytempo::{CloseError, ScopeError, Timer, try_close_on_exit};
use futures_core::FusedFuture;

use crate::suite::{
    Door, Guard, Log, Outcome, Probe, STEP, Subject, check, check_count, says, turns,
};

/// Body and close, each well or not: nothing is lost, the error of the body comes first, and the close is awaited in each case.
pub async fn all_four_ways_out<T: Timer>(subject: Subject<T>) -> Outcome {
    for (body, close) in [
        (Ok(7), None),
        (Err("broken"), None),
        (Err("broken"), Some("stuck")),
        (Ok(7), Some("stuck")),
    ] {
        let log = Log::default();
        let door = Door::new(&log, 1);
        let door = if let Some(error) = close { door.stuck(error) } else { door };
        let left = try_close_on_exit(door, async |door| {
            subject.pass(1).await;
            let value: u8 = body?;
            door.enter();
            Ok::<_, &str>(value)
        })
        .await;
        let end = close.map_or(Ok(()), Err);
        check(left == ScopeError::from_parts(body, end), "it says what failed, and loses nothing")?;
        let is_told = match left {
            Ok(value) => body == Ok(value) && close.is_none(),
            Err(ScopeError::Body { error, close: after, .. }) => {
                body == Err(error) && after == close
            }
            Err(ScopeError::Close { value, error, .. }) => {
                body == Ok(value) && close == Some(error)
            }
        };
        check(is_told, "and has the value or the errors")?;
        check(
            left.map_or_else(ScopeError::into_parts, |it| (Ok(it), Ok(()))) == (body, end),
            "in parts",
        )?;
        check(left.or_else(ScopeError::into_body) == body, "what the body gave can be had alone")?;
        check(log.count("entered") == usize::from(body.is_ok()), "`?` leaves the body")?;
        check(log.count("closing") == 1 && log.count("closed") == 1, "it is closed once")?;
        check_count(log.count("aborted"), 0, "and not aborted")?;
    }
    Ok(())
}

/// What it says begins with the error of the body.
pub async fn tells_both_errors<T: Timer>(_: Subject<T>) -> Outcome {
    let log = Log::default();
    let leave =
        async |body: Result<u8, &'static str>, door| try_close_on_exit(door, async |_| body).await;
    let Err(error) = leave(Err("broken"), Door::new(&log, 0)).await else {
        return check(false, "the body fails");
    };
    check(says(error, "broken"), "it is the error of the body")?;
    let Err(error) = leave(Err("broken"), Door::new(&log, 0).stuck("stuck")).await else {
        return check(false, "both fail");
    };
    check(says(error, "broken; after that the close failed: stuck"), "both are told")?;
    let Err(error) = leave(Ok(7), Door::new(&log, 0).stuck("stuck")).await else {
        return check(false, "the close fails");
    };
    check(says(error, "the close failed: stuck"), "it is the error of the close")
}

/// Where the second resource cannot be opened, `?` leaves the scope of the first, which is closed.
pub async fn second_cannot_be_opened<T: Timer>(subject: Subject<T>) -> Outcome {
    let log = Log::default();
    let open = async |opens: bool| {
        subject.pass(1).await;
        let door = Door::new(&log, 0).saying("second closed", "second aborted");
        opens.then_some(door).ok_or("locked")
    };
    for opens in [true, false] {
        log.clear();
        let left = try_close_on_exit(Door::new(&log, 1), async |_| {
            let second = open(opens).await?;
            try_close_on_exit(second, async |second| {
                second.enter();
                Ok::<_, &str>(7)
            })
            .await
            .map_err(|_| "not reached")
        })
        .await;
        if opens {
            check(left == Ok(7), "all is well")?;
            let all = ["entered", "second closed", "closing", "closed"];
            check(log.is(&all), "the last is closed first")?;
        } else {
            check(left == ScopeError::from_parts(Err("locked"), Ok(())), "the error is there")?;
            log.check(&["closing", "closed"], "the first is closed")?;
        }
    }
    Ok(())
}

/// Wherever it is dropped, in the body or in the close, the resource is aborted, once, and after the body.
pub async fn dropped_anywhere_aborts<T: Timer>(subject: Subject<T>) -> Outcome {
    for fails in [false, true] {
        for polls in 0..=4_usize {
            let log = Log::default();
            {
                let mut scope = pin!(try_close_on_exit(Door::new(&log, 2), async |_| {
                    turns(2).await;
                    let _guard = Guard(&log, "body dropped");
                    if fails { Err("broken") } else { Ok(7) }
                }));
                for _ in 0..polls {
                    check(Probe::new().poll(scope.as_mut()).is_pending(), "it is not over")?;
                }
            }
            check(
                log.last() == Some("aborted") && log.count("aborted") == 1,
                "it is aborted once",
            )?;
            check(log.count("body dropped") == usize::from(polls > 2), "after the body")?;
            check(log.length() == 1 + polls.saturating_sub(2) + usize::from(polls > 2), "only")?;
        }
    }
    let log = Log::default();
    let scope = try_close_on_exit(Door::new(&log, 0), async |_| pending::<Result<(), ()>>().await);
    check(subject.timer.timeout(STEP, scope).await.is_err(), "the limit is reached")?;
    log.check(&["aborted"], "a time limit is a drop")
}

/// A scope that is cancelled while it closes gives the body's error to the code that cancels it by hand.
pub async fn cancelled_close_keeps_the_error<T: Timer>(subject: Subject<T>) -> Outcome {
    let log = Log::default();
    let mut scope =
        pin!(try_close_on_exit(Door::new(&log, 0).hanging(), async |_| Err::<u8, _>("broken")));
    let limited = subject.timer.timeout(STEP, scope.as_mut()).await;
    check(limited.is_err(), "the limit is reached")?;
    check_count(log.count("aborted"), 0, "it is closing")?;
    check(scope.as_mut().cancel() == Some(Err("broken")), "the error is there")?;
    check(log.last() == Some("aborted") && scope.is_terminated(), "and the close is aborted")
}

/// Once it is over a further poll is pending, and it says so.
pub async fn ended_for_good<T: Timer>(_: Subject<T>) -> Outcome {
    let log = Log::default();
    let probe = Probe::new();
    {
        let mut scope =
            pin!(try_close_on_exit(Door::new(&log, 1), async |_| Err::<u8, _>("broken")));
        check(probe.poll(scope.as_mut()).is_pending(), "it is closing")?;
        check_count(probe.wakes(), 1, "with the waker of the scope")?;
        check(!scope.is_terminated(), "it is not over")?;
        let failed = ScopeError::from_parts(Err("broken"), Ok(()));
        check(probe.poll(scope.as_mut()) == Poll::Ready(failed), "it is over")?;
        for _ in 0..2 {
            check(probe.poll(scope.as_mut()).is_pending(), "a further poll is pending")?;
            check(scope.is_terminated(), "it is terminated")?;
        }
    }
    log.check(&["closing", "closed"], "it is closed once")
}

/// An error that has a source keeps it.
pub async fn errors_keep_their_sources<T: Timer>(_: Subject<T>) -> Outcome {
    let is_root = |error: &dyn Error| error.source().is_some_and(|it| it.is::<Root>());
    let close = CloseError::new(1, Layered(Root));
    check(is_root(&close), "that of a close")?;
    check(close.into_error().0 == Root, "the error can be had alone")?;
    let within = CloseWithinError::Close(Layered(Root));
    check(is_root(&within), "that of a close with a limit")?;
    let layered = || Layered(Root);
    for (body, close) in
        [(Err(layered()), Ok(())), (Err(layered()), Err(layered())), (Ok(1_u8), Err(layered()))]
    {
        let Err(error) = ScopeError::from_parts(body, close) else {
            return check(false, "it is an error");
        };
        check(is_root(&error) && is_root(&error.without_value()), "that of a scope")?;
        check(error.into_error().0 == Root, "the first error can be had alone")?;
    }
    Ok(())
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Root;

#[derive(Clone, Copy, Debug)]
struct Layered(Root);

impl fmt::Display for Root {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("root")
    }
}

impl fmt::Display for Layered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("layered")
    }
}

impl Error for Root {}

impl Error for Layered {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0)
    }
}
