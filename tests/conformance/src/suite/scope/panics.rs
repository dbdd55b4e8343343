//! What happens in a panic that unwinds, which can be seen only where it can be caught.

use core::cell::Cell;
use core::panic::AssertUnwindSafe;
use core::pin::pin;
use core::task::Poll;
use core::time::Duration;
use std::boxed::Box;
use std::panic::{catch_unwind, resume_unwind};

use anytempo::scope::Exit;
use anytempo::{
    Close, StreamTimeExt, Timer, close_on_exit, closing, closing_async, closing_owned, range,
    try_close_on_exit,
};
use futures_core::{FusedFuture, FusedStream};

use crate::suite::{Door, Guard, Log, Outcome, Probe, Subject, check, check_count, turns};

/// Panics, without the message that a panic prints.
pub(super) fn unwind() {
    resume_unwind(Box::new(()));
}

/// Polls `future` until it panics, and checks that it is over then: pending, and terminated.
pub(super) fn panics<F: FusedFuture>(future: F) -> Outcome {
    let probe = Probe::new();
    let mut future = pin!(future);
    for _ in 0..10 {
        let poll = catch_unwind(AssertUnwindSafe(|| probe.poll(future.as_mut())));
        match poll {
            Ok(poll) => check(poll.is_pending(), "it panics before it ends")?,
            Err(_) => {
                check(future.is_terminated(), "it is over")?;
                return check(probe.poll(future.as_mut()).is_pending(), "and stays pending");
            }
        }
    }
    check(false, "it panics")
}

/// A panic in the body aborts, once, and after the body is gone; the scope is over then.
pub async fn in_the_body<T: Timer>(_: Subject<T>) -> Outcome {
    for polls in 0..2 {
        let log = Log::default();
        let scope = close_on_exit(Door::new(&log, 1), async |_| {
            let _guard = Guard(&log, "body dropped");
            turns(polls).await;
            unwind();
        });
        panics(scope)?;
        log.check(&["body dropped", "aborted"], "it is aborted once")?;

        log.clear();
        let scope = try_close_on_exit(Door::new(&log, 1), async |_| {
            let _guard = Guard(&log, "body dropped");
            turns(polls).await;
            unwind();
            Ok::<(), ()>(())
        });
        panics(scope)?;
        log.check(&["body dropped", "aborted"], "so it is where the body may fail")?;
    }
    Ok(())
}

/// A panic in the close aborts, once.
pub async fn in_the_close<T: Timer>(_: Subject<T>) -> Outcome {
    for turns in 0..2 {
        let log = Log::default();
        panics(close_on_exit(Door::new(&log, turns).panicking(), async |_| ()))?;
        check(log.count("aborted") == 1 && log.last() == Some("aborted"), "it is aborted once")?;
        check_count(log.count("closed"), 0, "and not closed")?;
    }
    Ok(())
}

/// A panic in an async close aborts with the value as the close left it, once.
pub async fn in_an_async_close<T: Timer>(_: Subject<T>) -> Outcome {
    let log = Log::default();
    let aborted = Cell::new(0);
    let resource = closing_async(
        1,
        async |mut value| {
            let _guard = Guard(&log, "close dropped");
            turns(1).await;
            *value = 7;
            unwind();
        },
        |value| {
            log.note("aborted");
            aborted.set(value);
        },
    );
    panics(close_on_exit(resource, async |_| ()))?;
    check(log.is(&["close dropped", "aborted"]) && aborted.get() == 7, "it is aborted once")
}

/// A close that is a closure is called once, also if it panics itself.
pub async fn in_a_closure<T: Timer>(_: Subject<T>) -> Outcome {
    let calls = Cell::new(0);
    let count = |()| calls.set(calls.get() + 1);
    panics(close_on_exit(closing((), count), async |_| unwind()))?;
    check_count(calls.get(), 1, "it is called as the body unwinds")?;
    let count_and_panic = |()| {
        count(());
        unwind();
    };
    panics(close_on_exit(closing((), count_and_panic), async |_| ()))?;
    check_count(calls.get(), 2, "it is not called again")
}

/// A panic in one of several closes aborts that one, and then those that are left.
pub async fn in_one_of_several<T: Timer>(_: Subject<T>) -> Outcome {
    let log = &Log::default();
    let open = || {
        let b = Door::new(log, 1).saying("b", "-b").panicking();
        (Door::new(log, 1).saying("a", "-a"), b, Door::new(log, 0).saying("c", "-c"))
    };
    let expected = ["c", "closing", "-b", "-a"];
    panics(close_on_exit(open(), async |_| ()))?;
    check(log.is(&expected), "a tuple aborts what is left")?;
    log.clear();
    panics(close_on_exit(<[_; 3]>::from(open()), async |_| ()))?;
    check(log.is(&expected), "an array aborts what is left")?;
    log.clear();
    panics(close_on_exit(open(), async |_| unwind()))?;
    log.check(&["-c", "-b", "-a"], "a panic in the body aborts all")?;
    log.clear();
    let (a, b, _) = open();
    panics(close_on_exit(a, async |_| close_on_exit(b, async |_| ()).await))?;
    log.check(&["closing", "-b", "-a"], "so it is with a scope in a scope")
}

/// A limit makes no difference.
pub async fn in_a_limited_close<T: Timer>(subject: Subject<T>) -> Outcome {
    let log = Log::default();
    let limit = Duration::from_secs(3600);
    let door = || Door::new(&log, 1).close_within(&subject.timer, limit);
    panics(close_on_exit(door(), async |_| unwind()))?;
    log.check(&["aborted"], "a panic in the body aborts")?;
    log.clear();
    let door = Door::new(&log, 1).panicking().close_within(&subject.timer, limit);
    panics(close_on_exit(door, async |_| ()))?;
    log.check(&["closing", "aborted"], "a panic in the close aborts")
}

/// Polls `stream` until it panics, and checks that it is at its end then.
fn stream_panics<S: FusedStream>(stream: S) -> Outcome {
    let probe = Probe::new();
    let mut stream = pin!(stream);
    for _ in 0..10 {
        if catch_unwind(AssertUnwindSafe(|| probe.poll_next(stream.as_mut()))).is_err() {
            check(stream.is_terminated(), "it is over")?;
            let next = probe.poll_next(stream.as_mut());
            return check(matches!(next, Poll::Ready(None)), "and stays at its end");
        }
    }
    check(false, "it panics")
}

/// A source that panics is dropped, the resource is aborted, and the stream is at its end.
pub async fn in_a_source<T: Timer>(_: Subject<T>) -> Outcome {
    let log = Log::default();
    let guard = Guard(&log, "source dropped");
    let source = range((0..3).inspect(move |item| {
        let _guard = &guard;
        if *item == 1 {
            unwind();
        }
    }));
    stream_panics(source.close_on_exit(Door::new(&log, 0)))?;
    log.check(&["source dropped", "aborted"], "it is aborted once")
}

/// A close that panics is aborted, and the stream is at its end.
pub async fn of_a_stream_that_closes<T: Timer>(_: Subject<T>) -> Outcome {
    let log = Log::default();
    stream_panics(range(0..1).close_on_exit(Door::new(&log, 1).panicking()))?;
    log.check(&["closing", "aborted"], "it is aborted once")
}

/// A panic beside a scope, in the task that it is a part of, drops it: it is aborted as that unwinds.
pub async fn beside_a_scope<T: Timer>(_: Subject<T>) -> Outcome {
    for (polls, expected) in
        [(0, &["aborted"][..]), (1, &["aborted"]), (2, &["closing", "aborted"])]
    {
        let log = Log::default();
        let caught = catch_unwind(AssertUnwindSafe(|| {
            let probe = Probe::new();
            let mut scope = pin!(close_on_exit(Door::new(&log, 2), async |_| turns(1).await));
            for _ in 0..polls {
                let _ = probe.poll(scope.as_mut());
            }
            unwind();
        }));
        check(caught.is_err() && log.is(expected), "it is aborted once")?;
    }
    Ok(())
}

/// An abort that panics keeps none of the others from being aborted, in their order.
pub async fn in_an_abort<T: Timer>(_: Subject<T>) -> Outcome {
    let log = Log::default();
    let bell = |name: &'static str, panics: bool| {
        let log = &log;
        closing((), move |()| {
            log.note(name);
            if panics {
                unwind();
            }
        })
    };
    let dropped = |scope: &dyn Fn()| catch_unwind(AssertUnwindSafe(scope)).is_err();

    let pair = || drop(close_on_exit((bell("a", false), bell("b", true)), async |_| ()));
    check(dropped(&pair), "the panic goes on")?;
    log.check(&["b", "a"], "both of a pair are aborted")?;

    log.clear();
    let three = || {
        let three = (bell("a", false), bell("b", true), bell("c", false));
        drop(close_on_exit(three, async |_| ()));
    };
    check(dropped(&three), "the panic goes on")?;
    log.check(&["c", "b", "a"], "all of a tuple are aborted")?;

    log.clear();
    let array = || {
        let array = [bell("a", false), bell("b", false), bell("c", true)];
        drop(close_on_exit(array, async |_| ()));
    };
    check(dropped(&array), "the panic goes on")?;
    log.check(&["c", "b", "a"], "all of an array are aborted")
}

/// A close that consumes its value and panics drops it, once, and is over.
pub async fn in_an_owned_close<T: Timer>(_: Subject<T>) -> Outcome {
    for polls in 0..2 {
        let log = Log::default();
        let close = async |_guard: Guard<&Log>, _| {
            turns(polls).await;
            unwind();
        };
        let abort = |_| log.note("aborted");
        let open = || closing_owned(Guard(&log, "gone"), close, abort);
        panics(close_on_exit(open(), async |_| ()))?;
        log.check(&["gone"], "it is dropped once")?;

        log.clear();
        panics(close_on_exit(open(), async |_| unwind()))?;
        log.check(&["aborted", "gone"], "a panic in the body aborts")?;

        log.clear();
        let probe = Probe::new();
        let mut close = pin!(open().close(Exit::Completed));
        let mut poll = || catch_unwind(AssertUnwindSafe(|| probe.poll(close.as_mut())));
        while poll().is_ok() {}
        check(poll().is_ok_and(|poll| poll.is_pending()), "a further poll is pending")?;
    }
    Ok(())
}
