//! The promises of `range`.

use core::iter;
use core::task::Poll;

use anytempo::{Timer, next, range};
use futures_core::{FusedStream, Stream};

use crate::suite::{Outcome, Probe, Subject, check, check_count};

/// It takes whatever iterates.
pub async fn iterates<T: Timer>(_: Subject<T>) -> Outcome {
    let mut up = range(0..3);
    let mut down = range((0..=9).rev());
    let mut steps = range((0..10).step_by(4));
    let mut all = range(i64::MIN..i64::MAX);
    check(next(&mut down).await == Some(9), "from the other end")?;
    check(next(&mut all).await == Some(i64::MIN), "all there are")?;
    for item in 0..3 {
        check(next(&mut up).await == Some(item), "one after another")?;
        check(next(&mut steps).await == Some(item * 4), "with steps")?;
    }
    check(next(&mut up).await.is_none() && next(&mut steps).await.is_none(), "without the end")?;
    let (start, end) = (5, 0);
    check(next(&mut range(start..end)).await.is_none(), "nothing, if the end comes first")
}

/// At its end it stays, also if the iterator would begin anew, and never is it pending.
pub async fn stays_at_its_end<T: Timer>(_: Subject<T>) -> Outcome {
    let probe = Probe::new();
    let mut turns = [Some(1), None, Some(2)].into_iter();
    let mut items = range(iter::from_fn(move || turns.next().flatten()));
    let mut items = core::pin::pin!(&mut items);
    check(probe.poll_next(items.as_mut()) == Poll::Ready(Some(1)), "the item comes")?;
    for _ in 0..3 {
        check(probe.poll_next(items.as_mut()) == Poll::Ready(None), "then it is over")?;
        check(items.is_terminated(), "for good")?;
    }
    check_count(probe.wakes(), 0, "nobody is woken")
}

/// The size is that of the iterator.
pub async fn sizes<T: Timer>(_: Subject<T>) -> Outcome {
    let mut items = range(0..2);
    for left in [2, 1, 0] {
        check(items.size_hint() == (left, Some(left)), "the size is what is left")?;
        next(&mut items).await;
    }
    check(items.size_hint() == (0, Some(0)), "nothing is left")
}
