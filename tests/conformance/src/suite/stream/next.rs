//! The promises of `next` and `next_or`.

use core::pin::pin;
use core::task::Poll;

use anytempo::{StreamTimeExt, Timer, next, next_or, range};
use futures_core::FusedFuture;

use crate::suite::{Outcome, Probe, STEP, Subject, check};

/// The protocol by hand: item after item, and `None` for good.
pub async fn by_hand<T: Timer>(_: Subject<T>) -> Outcome {
    let mut items = range(0..2);
    check(next(&mut items).await == Some(0), "the first")?;
    check(next(&mut items).await == Some(1), "the second")?;
    check(next(&mut items).await.is_none(), "the end")?;
    check(next(&mut items).is_terminated(), "there is nothing to ask for")?;
    check(next(&mut items).await.is_none(), "the end again")
}

/// With a default there is always an item.
pub async fn with_a_default<T: Timer>(subject: Subject<T>) -> Outcome {
    let mut items = pin!(range(0..1).stall(&subject.timer, STEP));
    check(next_or(&mut items, 7).await == 0, "an item, if there is one")?;
    let mut last = pin!(next_or(&mut items, 7));
    check(!last.is_terminated(), "it has not begun")?;
    let probe = Probe::new();
    check(probe.poll(last.as_mut()) == Poll::Ready(7), "the default at the end")?;
    check(probe.poll(last.as_mut()).is_pending(), "which is given once")?;
    check(last.is_terminated(), "it is over")
}

/// A request that has its item asks for no other.
pub async fn asks_once<T: Timer>(_: Subject<T>) -> Outcome {
    let probe = Probe::new();
    let mut items = range(0..2);
    {
        let mut first = pin!(next_or(&mut items, 7));
        check(probe.poll(first.as_mut()) == Poll::Ready(0), "the item")?;
        check(probe.poll(first.as_mut()).is_pending(), "is given once")?;
    }
    check(next(&mut items).await == Some(1), "the other is not lost")
}

/// A request that is dropped takes nothing from the stream.
pub async fn takes_nothing_when_dropped<T: Timer>(subject: Subject<T>) -> Outcome {
    let probe = Probe::new();
    let mut items = pin!(range(0..2).pace(&subject.timer, STEP));
    check(next(&mut items).await == Some(0), "the first")?;
    check(probe.poll(pin!(next(&mut items))).is_pending(), "the next is not due")?;
    if subject.is_steady() {
        check(probe.poll(pin!(next_or(&mut items, 7))).is_pending(), "nor is it now")?;
    }
    check(next(&mut items).await == Some(1), "it is not lost")
}
