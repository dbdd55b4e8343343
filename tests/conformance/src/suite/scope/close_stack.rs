//! The promises of `CloseStack`, which needs a heap.

use core::future::pending;
use core::pin::pin;
use std::vec::Vec;

use anytempo::scope::{CloseErrors, CloseStack, Exit};
use anytempo::{Close, CloseError, ScopeError, Timer, close_on_exit, try_close_on_exit};

use crate::suite::{Door, Log, Outcome, Probe, STEP, Subject, check, says, turns};

const NAMES: [(&str, &str); 3] = [("a", "-a"), ("b", "-b"), ("c", "-c")];

fn doors(log: &Log, turns: u32) -> CloseStack<Door<&Log>> {
    NAMES.iter().map(|(closed, aborted)| Door::new(log, turns).saying(closed, aborted)).collect()
}

/// Those that the body pushes are closed like those that were there, the last first, each once.
pub async fn closes_in_reverse<T: Timer>(subject: Subject<T>) -> Outcome {
    let log = &Log::default();
    let left = close_on_exit(CloseStack::new(), async |mut stack| {
        for (closed, aborted) in NAMES {
            stack.push(Door::new(log, 1).saying(closed, aborted));
            subject.pass(1).await;
        }
        stack.len()
    });
    check(left.await == Ok(3), "all is well")?;
    let expected = ["closing", "c", "closing", "b", "closing", "a"];
    check(log.is(&expected), "each is closed once, the last first")?;

    log.clear();
    let empty = CloseStack::<Door<&Log>>::with_capacity(5);
    check(close_on_exit(empty, async |stack| stack.is_empty()).await == Ok(true), "none is well")
}

/// A body that fails in the midst of opening leaves those that are open, and they are closed.
pub async fn closes_what_was_opened<T: Timer>(_: Subject<T>) -> Outcome {
    let log = &Log::default();
    let left = try_close_on_exit(CloseStack::new(), async |mut stack| {
        for (index, (closed, aborted)) in NAMES.into_iter().enumerate() {
            if index == 2 {
                return Err("locked");
            }
            stack.push(Door::new(log, 0).saying(closed, aborted));
        }
        Ok(())
    });
    check(left.await.or_else(ScopeError::into_body) == Err("locked"), "the error is there")?;
    log.check(&["b", "a"], "each is closed once")
}

/// A close that fails keeps no other from its own, and each error is in its place.
pub async fn errors_are_in_their_places<T: Timer>(_: Subject<T>) -> Outcome {
    let log = &Log::default();
    let mut stack = doors(log, 0);
    stack[1] = Door::new(log, 0).saying("b", "-b").stuck("stuck");
    let failed = close_on_exit(stack, async |_| 7).await;
    let errors = CloseErrors::new(Vec::from([None, Some("stuck"), None]));
    check(says(&errors, "stuck"), "it says so")?;
    check(failed == Err(CloseError::new(7, errors)), "the error is in its place")?;
    log.check(&["c", "b", "a"], "each is closed once, the last first")
}

/// Dropped anywhere, it aborts those that are left, the last first.
pub async fn dropped_midway_aborts_the_rest<T: Timer>(subject: Subject<T>) -> Outcome {
    let log = &Log::default();
    for (polls, expected) in [
        (0, &["-c", "-b", "-a"][..]),
        (1, &["-c", "-b", "-a"]),
        (2, &["closing", "-c", "-b", "-a"]),
        (3, &["closing", "c", "closing", "-b", "-a"]),
        (5, &["closing", "c", "closing", "b", "closing", "a"]),
    ] {
        log.clear();
        {
            let mut scope = pin!(close_on_exit(doors(log, 1), async |_| turns(1).await));
            for _ in 0..polls {
                let _ = Probe::new().poll(scope.as_mut());
            }
        }
        check(log.is(expected), "it aborts what is left")?;
    }
    log.clear();
    let scope = close_on_exit(doors(log, 1), async |_| pending::<()>().await);
    check(subject.timer.timeout(STEP, scope).await.is_err(), "the limit is reached")?;
    log.check(&["-c", "-b", "-a"], "it aborts all")?;
    log.clear();
    drop(doors(log, 0).close(Exit::Completed));
    doors(log, 0).abort();
    check(
        log.is(&["-c", "-b", "-a", "-c", "-b", "-a"]),
        "so do a close without a poll, and an abort",
    )
}

/// What is taken off the stack is not closed with it, nor is a stack that enters no scope.
pub async fn taken_off_is_not_closed<T: Timer>(_: Subject<T>) -> Outcome {
    let log = &Log::default();
    let left = close_on_exit(doors(log, 0), async |mut stack| stack.pop().is_some());
    check(left.await == Ok(true) && log.is(&["b", "a"]), "one is taken off")?;
    log.clear();
    let left = close_on_exit(doors(log, 0), async |mut stack| stack.take().len());
    check(left.await == Ok(3) && log.is(&[]), "all are taken off")?;
    drop(doors(log, 0));
    log.check(&[], "it is dropped and not closed")
}
