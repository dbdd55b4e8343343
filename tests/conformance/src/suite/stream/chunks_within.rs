//! The promises of `StreamTimeExt::chunks_within`.

use core::pin::pin;
use core::task::Poll;
use std::vec::Vec;

use anytempo::{StreamTimeExt, Timer};

use super::feed::Feed;
use super::rules::{self, FAR};
use super::script::over_errors;
use crate::suite::{Outcome, Probe, STEP, Subject, check};

/// Full chunks come at once, others after their window or with the end, and none is empty.
pub async fn chunks_are_full_or_late<T: Timer>(subject: Subject<T>) -> Outcome {
    let (probe, feed) = (Probe::new(), Feed::default());
    let mut chunks = pin!((&feed).chunks_within(&subject.timer, 2, STEP * 2));
    feed.give(3);
    check(
        probe.poll_next(chunks.as_mut()) == Poll::Ready(Some(Vec::from([1, 2]))),
        "a full one comes",
    )?;
    let mark = subject.mark();
    let poll = probe.poll_next(chunks.as_mut());
    mark.waits(poll.is_pending(), 2, "the other one waits for its window")?;
    subject.reach(subject.mark().plus(2)).await;
    let poll = probe.poll_next(chunks.as_mut());
    mark.sees(poll == Poll::Ready(Some(Vec::from([3]))), "which is over", "not")?;
    mark.passed(STEP * 2)?;
    subject.pass(3).await;
    check(probe.poll_next(chunks.as_mut()).is_pending(), "no chunk is empty")?;
    feed.give(1);
    feed.end();
    check(
        probe.poll_next(chunks.as_mut()) == Poll::Ready(Some(Vec::from([4]))),
        "the end gives the last",
    )?;
    check(probe.poll_next(chunks.as_mut()) == Poll::Ready(None), "and waits for nothing")
}

/// A size of zero is one, and the greatest size allocates no more than there are items.
pub async fn any_size_will_do<T: Timer>(subject: Subject<T>) -> Outcome {
    let (probe, feed) = (Probe::new(), Feed::default());
    let mut ones = pin!((&feed).chunks_within(&subject.timer, 0, STEP));
    feed.give(1);
    check(
        probe.poll_next(ones.as_mut()) == Poll::Ready(Some(Vec::from([1]))),
        "a size of zero is one",
    )?;
    let mut all = pin!((&feed).chunks_within(&subject.timer, usize::MAX, STEP * 1_000_000));
    feed.give(2);
    check(probe.poll_next(all.as_mut()).is_pending(), "the chunk is not full")?;
    feed.end();
    check(
        probe.poll_next(all.as_mut()) == Poll::Ready(Some(Vec::from([2, 3]))),
        "it comes with the end",
    )
}

/// A source that is always ready is bounded, and the timer has its turn.
pub async fn always_ready_source<T: Timer>(subject: Subject<T>) -> Outcome {
    let feed = Feed::default();
    let chunks = (&feed).chunks_within(&subject.timer, usize::MAX, STEP);
    rules::bounds_its_work(&subject, &feed, chunks).await
}

/// Polled in vain, left, and polled again by another task, it goes on; and it stays at its end.
pub async fn is_left_and_polled_again<T: Timer>(subject: Subject<T>) -> Outcome {
    let timer = &subject.timer;
    rules::is_silent(&subject, |timer| drop((&Feed::default()).chunks_within(timer, 2, FAR)))?;
    let feed = Feed::default();
    rules::wakes_the_newest(&feed, (&feed).chunks_within(timer, 2, FAR))?;
    let feed = Feed::default();
    rules::stays_at_its_end(&feed, (&feed).chunks_within(timer, 2, FAR))
}

over_errors!(
    Keeps::All(2),
    |items, see| items.into_iter().for_each(see),
    |source, timer, script| source.chunks_within(timer, 3, script.period / 2),
);
