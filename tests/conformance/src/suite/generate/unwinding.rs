//! What happens in a panic that unwinds, which can be seen only where it can be caught.

use core::future::{Future, poll_fn};
use core::panic::AssertUnwindSafe;
use core::pin::{Pin, pin};
use core::task::Poll;
use std::boxed::Box;
use std::panic::{catch_unwind, resume_unwind};

use anytempo::{Timer, generate, try_generate};
use futures_core::{FusedStream, Stream};

use crate::suite::{Guard, Log, Outcome, Probe, Subject, check, turns};

/// Panics, without the message that a panic prints.
fn unwind() {
    resume_unwind(Box::new(()));
}

fn panics<S: FusedStream>(probe: &Probe, stream: Pin<&mut S>) -> bool {
    catch_unwind(AssertUnwindSafe(|| probe.poll_next(stream).is_ready())).is_err()
}

/// A body that panics, at once or when it is resumed, is dropped once and in order, and the stream has ended.
pub async fn ends_the_stream<T: Timer>(_: Subject<T>) -> Outcome {
    for polls in 0..3 {
        let (log, probe) = (Log::default(), Probe::new());
        let mut items = pin!(generate(async |mut y| {
            let _first = Guard(&log, "first");
            let _second = Guard(&log, "second");
            if polls > 0 {
                turns(1).await;
            }
            if polls > 1 {
                y.emit(7).await;
            }
            unwind();
        }));
        for poll in 0..polls {
            let item = probe.poll_next(items.as_mut());
            check(item == if poll == 0 { Poll::Pending } else { Poll::Ready(Some(7)) }, "it runs")?;
        }
        log.check(&[], "nothing is dropped yet")?;
        check(panics(&probe, items.as_mut()), "the panic goes on")?;
        log.check(&["second", "first"], "in the order of scopes, once")?;
        for _ in 0..2 {
            check(items.is_terminated(), "it is over")?;
            check(probe.poll_next(items.as_mut()) == Poll::Ready(None), "for good")?;
        }
    }
    Ok(())
}

/// An item that was left in the slot before a panic is given after it.
pub async fn leaves_its_item<T: Timer>(_: Subject<T>) -> Outcome {
    let probe = Probe::new();
    let mut items = pin!(generate(async |mut y| {
        let mut emit = pin!(y.emit(7));
        poll_fn(|cx| {
            let _ = emit.as_mut().poll(cx);
            unwind();
            Poll::Ready(())
        })
        .await;
    }));
    check(panics(&probe, items.as_mut()), "the panic goes on")?;
    check(!items.is_terminated() && items.size_hint() == (1, Some(1)), "an item is left")?;
    check(probe.poll_next(items.as_mut()) == Poll::Ready(Some(7)), "it comes")?;
    check(items.is_terminated() && items.size_hint() == (0, Some(0)), "it was the last")?;
    check(probe.poll_next(items.as_mut()) == Poll::Ready(None), "then it is over")
}

/// A panic is not the error of a body that may fail.
pub async fn gives_no_error<T: Timer>(_: Subject<T>) -> Outcome {
    let probe = Probe::new();
    let mut items = pin!(try_generate(async |mut y| {
        y.emit(7).await;
        unwind();
        Err("broken")
    }));
    check(probe.poll_next(items.as_mut()) == Poll::Ready(Some(Ok(7))), "the item comes")?;
    check(panics(&probe, items.as_mut()), "the panic goes on")?;
    check(items.is_terminated(), "it is over")?;
    check(probe.poll_next(items.as_mut()) == Poll::Ready(None), "without an error")
}

/// A destructor of the body that panics, as the body ends or as it is dropped, does not stop the others.
pub async fn of_a_destructor<T: Timer>(_: Subject<T>) -> Outcome {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            unwind();
        }
    }

    for ends in [false, true] {
        let (log, probe) = (Log::default(), Probe::new());
        let mut items = Box::pin(generate(async |mut y| {
            let _first = Guard(&log, "first");
            let _bomb = Bomb;
            let _last = Guard(&log, "last");
            y.emit(7).await;
        }));
        check(probe.poll_next(items.as_mut()) == Poll::Ready(Some(7)), "the item comes")?;
        if ends {
            check(panics(&probe, items.as_mut()), "the panic goes on")?;
            check(probe.poll_next(items.as_mut()) == Poll::Ready(None), "it is over")?;
            drop(items);
        } else {
            let dropped = catch_unwind(AssertUnwindSafe(|| drop(items)));
            check(dropped.is_err(), "the panic goes on")?;
        }
        log.check(&["last", "first"], "all are dropped, once and in order")?;
    }
    Ok(())
}
