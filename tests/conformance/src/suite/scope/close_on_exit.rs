//! The promises of `close_on_exit`.

use core::cell::Cell;
use core::future::{pending, poll_fn, ready};
use core::pin::pin;
use core::task::Poll;

use anytempo::{CloseError, Timer, close_on_exit, closing};
use futures_core::FusedFuture;

use crate::suite::{
    Door, Guard, Log, Outcome, Probe, STEP, Subject, check, check_count, says, turns,
};

/// A body that gives a value: the close is awaited, and then the value is there.
pub async fn closes_after_a_value<T: Timer>(subject: Subject<T>) -> Outcome {
    let log = Log::default();
    let scope = close_on_exit(Door::new(&log, 2), async |door| {
        door.enter();
        subject.pass(1).await;
        7
    });
    check(scope.await == Ok(7), "the value is there")?;
    log.check(&["entered", "closing", "closing", "closed"], "it is closed once")
}

/// A body that fails is closed like any other, and its error is there.
pub async fn closes_after_an_error<T: Timer>(subject: Subject<T>) -> Outcome {
    let log = Log::default();
    let scope = close_on_exit(Door::new(&log, 0), async |_| {
        subject.pass(1).await;
        Err::<u8, _>("broken")?;
        Ok::<u8, &str>(7)
    });
    check(scope.await == Ok(Err("broken")), "the error is there")?;
    log.check(&["closed"], "it is closed once")
}

/// A close that fails loses neither what the body gave nor its own error.
pub async fn failed_close_keeps_the_value<T: Timer>(_: Subject<T>) -> Outcome {
    let log = Log::default();
    let scope = close_on_exit(Door::new(&log, 1).stuck("stuck"), async |_| 7);
    let failed = scope.await;
    check(failed == Err(CloseError::new(7, "stuck")), "both are there")?;
    check(failed.is_err_and(|error| says(error, "the close failed: stuck")), "it says so")?;
    log.check(&["closing", "closed"], "it is not tried again")
}

/// A scope that is dropped before its first poll aborts.
pub async fn aborts_before_first_poll<T: Timer>(_: Subject<T>) -> Outcome {
    let log = Log::default();
    drop(close_on_exit(Door::new(&log, 0), async |_| log.note("begun")));
    log.check(&["aborted"], "it is aborted once")
}

/// A scope that is dropped in its body aborts.
pub async fn aborts_in_the_body<T: Timer>(_: Subject<T>) -> Outcome {
    let log = Log::default();
    {
        let mut scope = pin!(close_on_exit(Door::new(&log, 0), async |_| pending::<()>().await));
        check(Probe::new().poll(scope.as_mut()).is_pending(), "the body waits")?;
        check_count(log.length(), 0, "it is open")?;
    }
    log.check(&["aborted"], "it is aborted once")
}

/// A scope that is dropped in the midst of its close aborts, at each point of it.
pub async fn aborts_in_the_close<T: Timer>(_: Subject<T>) -> Outcome {
    for polls in 1..=3 {
        let log = Log::default();
        {
            let mut scope = pin!(close_on_exit(Door::new(&log, 3), async |_| ()));
            for _ in 0..polls {
                check(Probe::new().poll(scope.as_mut()).is_pending(), "it is closing")?;
            }
        }
        check(log.last() == Some("aborted"), "it is aborted in the end")?;
        check(log.length() == polls + 1, "once")?;
    }
    Ok(())
}

/// Wherever it is left, in the body or in the close, it is closed or aborted, once.
pub async fn once_at_every_await_point<T: Timer>(_: Subject<T>) -> Outcome {
    for polls in 0..=7_usize {
        let log = Log::default();
        let mut is_over = false;
        {
            let mut scope = pin!(close_on_exit(Door::new(&log, 3), async |door| {
                turns(3).await;
                door.enter();
            }));
            for _ in 0..polls {
                is_over = Probe::new().poll(scope.as_mut()).is_ready();
            }
        }
        let [closed, aborted] = ["closed", "aborted"].map(|what| log.count(what));
        check(is_over == (polls == 7), "it ends with its last turn")?;
        check((closed, aborted) == if is_over { (1, 0) } else { (0, 1) }, "it is one of the two")?;
        check(log.count("entered") == usize::from(polls > 3), "the body is not begun anew")?;
        check(log.count("closing") == polls.saturating_sub(3).min(3), "nor is the close")?;
    }
    Ok(())
}

/// The body is gone before the resource is closed or aborted.
pub async fn body_goes_first<T: Timer>(_: Subject<T>) -> Outcome {
    let log = Log::default();
    let done = close_on_exit(Door::new(&log, 0), async |_| {
        let _guard = Guard(&log, "body dropped");
        ready(()).await;
    });
    check(done.await.is_ok(), "it is done")?;
    log.check(&["body dropped", "closed"], "the body goes first")?;

    log.clear();
    {
        let mut scope = pin!(close_on_exit(Door::new(&log, 0), async |_| {
            let _guard = Guard(&log, "body dropped");
            pending::<()>().await;
        }));
        check(Probe::new().poll(scope.as_mut()).is_pending(), "the body waits")?;
    }
    log.check(&["body dropped", "aborted"], "the body goes first")?;

    log.clear();
    let guard = Guard(&log, "body dropped");
    drop(close_on_exit(Door::new(&log, 0), async move |_| drop(guard)));
    log.check(&["body dropped", "aborted"], "so does one that has not begun")?;

    log.clear();
    let guard = Guard(&log, "body dropped");
    let mut scope = pin!(close_on_exit(Door::new(&log, 1), async move |_| {
        let _guard = guard;
        ready(()).await;
    }));
    check(Probe::new().poll(scope.as_mut()).is_pending(), "it is closing")?;
    log.check(&["body dropped", "closing"], "what the body took is gone before the close")
}

/// A time limit cancels the scope.
pub async fn cancelled_by_a_time_limit<T: Timer>(subject: Subject<T>) -> Outcome {
    let log = Log::default();
    let scope = close_on_exit(Door::new(&log, 0), async |_| pending::<()>().await);
    check(subject.timer.timeout(STEP, scope).await.is_err(), "the limit is reached")?;
    log.check(&["aborted"], "it is aborted once")
}

/// A scope that is over closes nothing again, and keeps nothing.
pub async fn over_is_over<T: Timer>(_: Subject<T>) -> Outcome {
    let log = Log::default();
    let probe = Probe::new();
    {
        let mut scope = pin!(close_on_exit(Door::new(&log, 1), async |_| 7));
        check(!scope.is_terminated(), "it has not begun")?;
        check(probe.poll(scope.as_mut()).is_pending(), "it is closing")?;
        check(!scope.is_terminated(), "it is not over")?;
        check(probe.poll(scope.as_mut()) == Poll::Ready(Ok(7)), "it is done")?;
        for _ in 0..2 {
            check(probe.poll(scope.as_mut()).is_pending(), "a further poll is pending")?;
            check(scope.is_terminated(), "it is terminated")?;
        }
    }
    log.check(&["closing", "closed"], "it is closed once")
}

/// A close that is a closure is called once, on every way out.
pub async fn closing_calls_once<T: Timer>(subject: Subject<T>) -> Outcome {
    let calls = Cell::new(0);
    let count = |value: u32| calls.set(calls.get() + value);

    let Ok(value) = close_on_exit(closing(1, count), async |mut value| {
        subject.pass(1).await;
        *value += 1;
        *value
    })
    .await;
    check(value == 2 && calls.get() == 2, "it is called after a value")?;

    drop(close_on_exit(closing(10, count), async |_| ()));
    check_count(calls.get(), 12, "it is called when cancelled")
}

/// A value that is only borrowed can be closed, and is still there after it.
pub async fn closes_what_is_borrowed<T: Timer>(subject: Subject<T>) -> Outcome {
    let mut numbers = [1, 2];
    let Ok(sum) =
        close_on_exit(closing(&mut numbers, |numbers| numbers[0] = 0), async |mut numbers| {
            subject.pass(1).await;
            numbers[1] += 5;
            numbers.iter().sum::<u32>()
        })
        .await;
    check(sum == 8, "the body works with it")?;
    check(numbers == [0, 7], "it is closed")
}

/// The body borrows what is around it, and keeps what it is lent over its awaits.
pub async fn body_borrows<T: Timer>(subject: Subject<T>) -> Outcome {
    let mut words = ["to", "be", "continued"].into_iter();
    let mut last = "";
    let Ok(length) = close_on_exit(closing([0; 3], |_| ()), async |mut lengths| {
        for length in lengths.iter_mut() {
            subject.pass(1).await;
            last = words.next().unwrap_or_default();
            *length = last.len();
        }
        lengths.iter().sum::<usize>()
    })
    .await;
    check(length == 13 && last == "continued", "both sides see it")
}

/// With a scope in a scope the inner resource is closed first, also where it is left by an error, or dropped.
pub async fn nests<T: Timer>(_: Subject<T>) -> Outcome {
    let log = Log::default();
    let outer = || Door::new(&log, 0).saying("outer closed", "outer aborted");
    let inner = || Door::new(&log, 1).saying("inner closed", "inner aborted");
    for fails in [false, true] {
        log.clear();
        let left = close_on_exit(outer(), async |_| {
            close_on_exit(inner(), async |_| if fails { Err("broken") } else { Ok(7) }).await
        })
        .await;
        check(left == Ok(Ok(if fails { Err("broken") } else { Ok(7) })), "all is well")?;
        log.check(&["closing", "inner closed", "outer closed"], "the last is closed first")?;
    }
    log.clear();
    {
        let mut scope =
            pin!(close_on_exit(outer(), async |_| close_on_exit(inner(), async |_| ()).await));
        check(Probe::new().poll(scope.as_mut()).is_pending(), "the inner one is closing")?;
    }
    log.check(&["closing", "inner aborted", "outer aborted"], "the last is aborted first")
}

/// Both the body and the close are polled with the very waker of the scope.
pub async fn passes_the_waker_on<T: Timer>(_: Subject<T>) -> Outcome {
    let probe = Probe::new();
    let same = Cell::new(false);
    let mut scope = pin!(close_on_exit(closing((), |()| ()), async |_| {
        poll_fn(|cx| {
            same.set(cx.waker().will_wake(probe.context().waker()));
            Poll::Ready(())
        })
        .await;
    }));
    check(probe.poll(scope.as_mut()).is_ready(), "it is done")?;
    check(same.get(), "the body has the waker")?;

    let log = Log::default();
    let mut scope = pin!(close_on_exit(Door::new(&log, 1), async |_| ()));
    check(probe.poll(scope.as_mut()).is_pending(), "it is closing")?;
    check_count(probe.wakes(), 1, "the close has the waker")?;
    check_count(probe.kept(), 0, "and nothing keeps it")
}

/// Cancelled by hand it is over at once, aborted once, and gives what the body gave if that has ended.
pub async fn cancelled_by_hand<T: Timer>(_: Subject<T>) -> Outcome {
    for polls in 0..=4_usize {
        let log = Log::default();
        let probe = Probe::new();
        let mut scope = pin!(close_on_exit(Door::new(&log, 2), async |_| {
            turns(1).await;
            7
        }));
        for _ in 0..polls {
            let _ = probe.poll(scope.as_mut());
        }
        let value = scope.as_mut().cancel();
        check(value == matches!(polls, 2..=3).then_some(7), "the value of a body that has ended")?;
        let [closed, aborted] = ["closed", "aborted"].map(|what| log.count(what));
        check(
            (closed, aborted) == if polls == 4 { (1, 0) } else { (0, 1) },
            "it is one of the two",
        )?;
        check(scope.is_terminated(), "it is over")?;
        check(probe.poll(scope.as_mut()).is_pending(), "a further poll is pending")?;
        check(scope.cancel().is_none(), "there is nothing more")?;
        check(log.count("closed") + log.count("aborted") == 1, "once")?;
    }
    Ok(())
}
