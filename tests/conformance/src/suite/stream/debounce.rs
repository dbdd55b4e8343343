//! The promises of `StreamTimeExt::debounce`.

use core::pin::pin;
use core::task::Poll;
use core::time::Duration;

use anytempo::{StreamTimeExt, Timer};
use futures_core::Stream;

use super::feed::Feed;
use super::rules::{self, FAR};
use super::script::over_errors;
use crate::suite::{Outcome, Probe, STEP, Subject, check};

/// An item comes when the source was silent after it, and the newest of a burst.
pub async fn comes_after_silence<T: Timer>(subject: Subject<T>) -> Outcome {
    let (probe, feed) = (Probe::new(), Feed::default());
    let mut items = pin!((&feed).debounce(&subject.timer, STEP * 3));
    let mut mark = subject.mark();
    for _ in 0..2 {
        feed.give(1);
        let before = mark;
        mark = subject.mark();
        let poll = probe.poll_next(items.as_mut());
        before.waits(poll.is_pending(), 3, "an item waits for silence")?;
        if poll.is_ready() {
            return Ok(());
        }
        subject.pass(1).await;
    }
    feed.give(1);
    mark = subject.mark();
    let poll = probe.poll_next(items.as_mut());
    if !subject.is_steady() && poll.is_ready() {
        // The machine was slow, and the silence long enough.
        return Ok(());
    }
    check(poll.is_pending(), "a newer one takes its place")?;
    subject.reach(subject.mark().plus(3)).await;
    check(probe.wakes() > 0, "the end of the silence wakes")?;
    feed.give(1);
    check(
        probe.poll_next(items.as_mut()) == Poll::Ready(Some(3)),
        "in a tie the one that waits comes",
    )?;
    mark.passed(STEP * 3)?;
    check(probe.poll_next(items.as_mut()).is_pending(), "and the new one waits in its turn")
}

/// Without a silence every item passes; so too without a time that it may wait at most.
pub async fn zero_passes_all<T: Timer>(subject: Subject<T>) -> Outcome {
    let timer = &subject.timer;
    let (probe, feed) = (Probe::new(), Feed::default());
    let mut items = pin!((&feed).debounce(timer, Duration::ZERO));
    feed.give(2);
    check(probe.poll_next(items.as_mut()) == Poll::Ready(Some(1)), "no item is lost")?;
    check(probe.poll_next(items.as_mut()) == Poll::Ready(Some(2)), "no item is lost")?;
    let mut items = pin!((&feed).debounce(timer, STEP).at_most(Duration::ZERO));
    feed.give(2);
    check(probe.poll_next(items.as_mut()) == Poll::Ready(Some(3)), "no item is lost")?;
    check(probe.poll_next(items.as_mut()) == Poll::Ready(Some(4)), "no item is lost")
}

/// A silence that cannot be expressed gives the last item, with the end.
pub async fn never_keeps_the_last<T: Timer>(subject: Subject<T>) -> Outcome {
    let (probe, feed) = (Probe::new(), Feed::default());
    subject.pass(1).await;
    let mut items = pin!((&feed).debounce(&subject.timer, Duration::MAX));
    feed.give(3);
    check(probe.poll_next(items.as_mut()).is_pending(), "it is never silent for so long")?;
    subject.pass(2).await;
    check(probe.poll_next(items.as_mut()).is_pending(), "not later either")?;
    feed.end();
    check(items.size_hint() == (1, Some(1)), "one is left")?;
    check(probe.poll_next(items.as_mut()) == Poll::Ready(Some(3)), "the last comes with the end")?;
    check(probe.poll_next(items.as_mut()) == Poll::Ready(None), "which waits for nothing")
}

/// A source that is never silent gives an item each time the longest wait is over.
pub async fn at_most_limits_the_wait<T: Timer>(subject: Subject<T>) -> Outcome {
    let (probe, feed) = (Probe::new(), Feed::default());
    let mut items = pin!((&feed).debounce(&subject.timer, STEP * 1000).at_most(STEP * 3));
    for _ in 0..2 {
        let mark = subject.mark();
        feed.give(1);
        let mut poll = probe.poll_next(items.as_mut());
        while poll.is_pending() {
            subject.pass(1).await;
            feed.give(1);
            poll = probe.poll_next(items.as_mut());
        }
        mark.passed(STEP * 3)?;
        mark.sees(!mark.is_late(900), "the longest wait is over first", "the silence")?;
    }
    Ok(())
}

/// A source that is always ready is bounded, and the timer has its turn.
pub async fn always_ready_source<T: Timer>(subject: Subject<T>) -> Outcome {
    let feed = Feed::default();
    let items = (&feed).debounce(&subject.timer, STEP * 1000).at_most(STEP);
    rules::bounds_its_work(&subject, &feed, items).await
}

/// Polled in vain, left, and polled again by another task, it goes on; and it stays at its end.
pub async fn is_left_and_polled_again<T: Timer>(subject: Subject<T>) -> Outcome {
    let timer = &subject.timer;
    rules::is_silent(&subject, |timer| drop((&Feed::default()).debounce(timer, FAR)))?;
    let feed = Feed::default();
    rules::wakes_the_newest(&feed, (&feed).debounce(timer, FAR))?;
    let feed = Feed::default();
    rules::stays_at_its_end(&feed, (&feed).debounce(timer, FAR))
}

over_errors!(
    Keeps::Newest,
    |item, see| see(item),
    |source, timer, script| source.debounce(timer, script.period),
    |source, timer, script| source.debounce(timer, FAR).at_most(script.period),
);
