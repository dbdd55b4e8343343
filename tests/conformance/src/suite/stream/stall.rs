//! The promises of `StreamTimeExt::stall`.

use core::cell::Cell;
use core::iter;
use core::pin::pin;
use core::task::Poll;
use core::time::Duration;

use anytempo::{StreamTimeExt, Timer, next, range};
use futures_core::{FusedStream, Stream};

use super::blinking::Blinking;
use crate::suite::{Outcome, Probe, STEP, Subject, check};

/// The first item comes after the delay, which counts from the first poll; the others come at once.
pub async fn first_item_waits<T: Timer>(subject: Subject<T>) -> Outcome {
    let mut items = pin!(range(0..3).stall(&subject.timer, STEP * 2));
    subject.pass(1).await;
    let mark = subject.mark();
    for item in 0..3 {
        check(next(&mut items).await == Some(item), "no item is lost")?;
        mark.passed(STEP * 2)?;
    }
    check(next(&mut items).await.is_none(), "then it ends")
}

/// The source is not polled before the delay is over, and is polled in the poll that ends it.
pub async fn source_is_left_alone<T: Timer>(subject: Subject<T>) -> Outcome {
    let probe = Probe::new();
    let polled = Cell::new(false);
    let source = range(iter::from_fn(|| {
        polled.set(true);
        Some(7)
    }));
    let mut items = pin!(source.stall(&subject.timer, STEP));
    check(probe.poll_next(items.as_mut()).is_pending(), "it waits")?;
    check(!polled.get(), "the source is not polled")?;
    subject.pass(3).await;
    check(probe.wakes() > 0, "its task is woken")?;
    check(!polled.get(), "the source is still not polled")?;
    check(probe.poll_next(items.as_mut()) == Poll::Ready(Some(7)), "the item comes at once")
}

/// Without a delay the first item comes at the second poll.
pub async fn zero_delay_yields_once<T: Timer>(subject: Subject<T>) -> Outcome {
    let probe = Probe::new();
    let mut items = pin!(range(0..2).stall(&subject.timer, Duration::ZERO));
    check(probe.poll_next(items.as_mut()).is_pending(), "the first poll is pending")?;
    check(subject.wakes_at_once(&probe, 1).await > 0, "it wakes its task")?;
    check(probe.poll_next(items.as_mut()) == Poll::Ready(Some(0)), "the second poll gives the item")
}

/// At its end it stays, also if the source would begin anew.
pub async fn stays_at_its_end<T: Timer>(subject: Subject<T>) -> Outcome {
    let mut items = pin!(Blinking(1).stall(&subject.timer, STEP));
    check(next(&mut items).await == Some(1), "the item comes")?;
    for _ in 0..3 {
        check(next(&mut items).await.is_none(), "then it is over")?;
        check(items.is_terminated(), "for good")?;
        check(items.size_hint() == (0, Some(0)), "and it says so")?;
    }
    Ok(())
}
