//! The promises of `try_generate`.

use core::future::{Future, poll_fn};
use core::pin::pin;
use core::task::Poll;

use anytempo::{Timer, next, try_generate};
use futures_core::{FusedStream, Stream};

use crate::suite::{Guard, Log, Outcome, Probe, STEP, Subject, check, check_count};

/// An error ends the body, and comes after all items, as the last.
pub async fn error_is_the_last_item<T: Timer>(_: Subject<T>) -> Outcome {
    let probe = Probe::new();
    let mut items = pin!(try_generate(async |mut y| {
        for word in ["4", "2", "x", "7"] {
            y.emit(word.parse::<u8>().map_err(|_| "not a number")?).await;
        }
        Ok(())
    }));
    check(items.size_hint() == (0, None), "nothing is known of its size")?;
    for item in [4, 2] {
        check(probe.poll_next(items.as_mut()) == Poll::Ready(Some(Ok(item))), "the items come")?;
    }
    let last = probe.poll_next(items.as_mut());
    check(last == Poll::Ready(Some(Err("not a number"))), "then the error")?;
    for _ in 0..3 {
        check(items.is_terminated() && items.size_hint() == (0, Some(0)), "it is over")?;
        check(probe.poll_next(items.as_mut()) == Poll::Ready(None), "for good")?;
    }
    check_count(probe.wakes(), 0, "nobody is woken")
}

/// A body that does not fail just ends.
pub async fn ends_without_an_error<T: Timer>(subject: Subject<T>) -> Outcome {
    let mark = subject.mark();
    let mut items = pin!(try_generate(async |mut y| {
        for item in 0..3 {
            subject.pass(1).await;
            y.emit(item).await;
        }
        Ok::<(), ()>(())
    }));
    for item in 0..3 {
        check(next(&mut items).await == Some(Ok(item)), "the items come")?;
        mark.passed(STEP * (item + 1))?;
    }
    check(next(&mut items).await.is_none(), "then it ends")?;
    check(items.is_terminated(), "for good")
}

/// A body may fail before any item, and after a wait.
pub async fn fails_at_once<T: Timer>(subject: Subject<T>) -> Outcome {
    for steps in 0..2 {
        let mark = subject.mark();
        let mut items = pin!(try_generate(async |mut y| {
            if steps > 0 {
                subject.pass(steps).await;
            }
            Err("broken")?;
            y.emit(()).await;
            Ok(())
        }));
        check(next(&mut items).await == Some(Err("broken")), "the error comes")?;
        mark.passed(STEP * steps)?;
        check(next(&mut items).await.is_none(), "then it ends")?;
    }
    Ok(())
}

/// An item that the body leaves behind as it fails comes before the error.
pub async fn item_before_the_error<T: Timer>(_: Subject<T>) -> Outcome {
    let probe = Probe::new();
    let mut items = pin!(try_generate(async |mut y| {
        let mut emit = pin!(y.emit(7));
        poll_fn(|cx| {
            let _ = emit.as_mut().poll(cx);
            Poll::Ready(())
        })
        .await;
        Err("broken")
    }));
    check(probe.poll_next(items.as_mut()) == Poll::Ready(Some(Ok(7))), "the item comes")?;
    check(items.size_hint() == (1, Some(1)), "the error is still to come")?;
    check(!items.is_terminated(), "it is not over")?;
    check(probe.poll_next(items.as_mut()) == Poll::Ready(Some(Err("broken"))), "so it does")?;
    check(items.size_hint() == (0, Some(0)) && items.is_terminated(), "and is the last")?;
    check(probe.poll_next(items.as_mut()) == Poll::Ready(None), "then it ends")
}

/// What the body holds is dropped once and in order: before its error is given, or with the stream.
pub async fn drops_once_in_order<T: Timer>(_: Subject<T>) -> Outcome {
    for fails in [false, true] {
        let log = Log::default();
        {
            let mut items = pin!(try_generate(async |mut y| {
                let _first = Guard(&log, "first");
                let _second = Guard(&log, "second");
                y.emit(()).await;
                if fails {
                    return Err("broken");
                }
                y.emit(()).await;
                Ok(())
            }));
            check(next(&mut items).await == Some(Ok(())), "an item comes")?;
            log.check(&[], "the body is suspended")?;
            let expected = if fails { Err("broken") } else { Ok(()) };
            check(next(&mut items).await == Some(expected), "it goes on")?;
            check(log.is(if fails { &["second", "first"] } else { &[] }), "an error ends it")?;
        }
        log.check(&["second", "first"], "in the order of scopes, once")?;
    }
    Ok(())
}
