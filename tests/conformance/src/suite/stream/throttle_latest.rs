//! The promises of `StreamTimeExt::throttle_latest`.

use core::pin::pin;
use core::task::Poll;
use core::time::Duration;

use anytempo::{StreamTimeExt, Timer};
use futures_core::Stream;

use super::feed::Feed;
use super::rules::{self, FAR};
use super::script::over_errors;
use crate::suite::{Outcome, Probe, STEP, Subject, check};

/// The first item comes at once, and after the period the newest.
pub async fn newest_after_the_period<T: Timer>(subject: Subject<T>) -> Outcome {
    let (probe, feed) = (Probe::new(), Feed::default());
    let mut items = pin!((&feed).throttle_latest(&subject.timer, STEP * 2));
    feed.give(1);
    let mark = subject.mark();
    check(probe.poll_next(items.as_mut()) == Poll::Ready(Some(1)), "the first comes at once")?;
    for _ in 0..3 {
        feed.give(1);
        let poll = probe.poll_next(items.as_mut());
        mark.waits(poll.is_pending(), 2, "a later one waits for the period")?;
        if poll.is_ready() {
            return Ok(());
        }
    }
    subject.reach(subject.mark().plus(2)).await;
    check(probe.wakes() > 0, "the end of the period wakes")?;
    feed.give(1);
    let poll = probe.poll_next(items.as_mut());
    mark.passed(STEP * 2)?;
    check(poll == Poll::Ready(Some(5)), "what arrives with its end is the newest")
}

/// Without a period every item passes.
pub async fn zero_passes_all<T: Timer>(subject: Subject<T>) -> Outcome {
    let (probe, feed) = (Probe::new(), Feed::default());
    let mut items = pin!((&feed).throttle_latest(&subject.timer, Duration::ZERO));
    feed.give(3);
    check(items.size_hint() == (3, None), "the size is that of the source")?;
    for item in 1..=3 {
        check(probe.poll_next(items.as_mut()) == Poll::Ready(Some(item)), "no item is lost")?;
    }
    rules::stays_at_its_end(&feed, items)
}

/// A period that cannot be expressed gives the first item, and the last one with the end.
pub async fn never_keeps_the_last<T: Timer>(subject: Subject<T>) -> Outcome {
    let (probe, feed) = (Probe::new(), Feed::default());
    subject.pass(1).await;
    let mut items = pin!((&feed).throttle_latest(&subject.timer, Duration::MAX));
    feed.give(1);
    check(probe.poll_next(items.as_mut()) == Poll::Ready(Some(1)), "the first comes at once")?;
    feed.give(2);
    check(probe.poll_next(items.as_mut()).is_pending(), "the next ones do not come")?;
    check(items.size_hint() == (1, None), "one of them is held")?;
    subject.pass(2).await;
    check(probe.poll_next(items.as_mut()).is_pending(), "not later either")?;
    feed.end();
    check(items.size_hint() == (1, Some(1)), "one is left")?;
    check(probe.poll_next(items.as_mut()) == Poll::Ready(Some(3)), "the last comes with the end")?;
    check(probe.poll_next(items.as_mut()) == Poll::Ready(None), "which waits for nothing")
}

/// A consumer that is slower than the period has the newest item, not the oldest of a backlog.
pub async fn slow_consumer_has_the_newest<T: Timer>(subject: Subject<T>) -> Outcome {
    let (probe, feed) = (Probe::new(), Feed::default());
    let mut items = pin!((&feed).throttle_latest(&subject.timer, STEP));
    for _ in 0..3 {
        feed.give(5);
        let poll = probe.poll_next(items.as_mut());
        check(poll == Poll::Ready(Some(feed.last())), "the newest comes at once")?;
        check(feed.last() % 5 == 0, "all that was there was read")?;
        subject.pass(2).await;
    }
    Ok(())
}

/// A source that is always ready is bounded, and the timer has its turn.
pub async fn always_ready_source<T: Timer>(subject: Subject<T>) -> Outcome {
    let feed = Feed::default();
    rules::bounds_its_work(&subject, &feed, (&feed).throttle_latest(&subject.timer, STEP)).await
}

/// Polled in vain, left, and polled again by another task, it goes on; and it stays at its end.
pub async fn is_left_and_polled_again<T: Timer>(subject: Subject<T>) -> Outcome {
    let timer = &subject.timer;
    rules::is_silent(&subject, |timer| drop((&Feed::default()).throttle_latest(timer, FAR)))?;
    let feed = Feed::default();
    rules::wakes_the_newest(&feed, (&feed).throttle_latest(timer, FAR))?;
    let feed = Feed::default();
    rules::stays_at_its_end(&feed, (&feed).throttle_latest(timer, FAR))
}

over_errors!(Keeps::Newest, |item, see| see(item), |source, timer, script| source
    .throttle_latest(timer, script.period));
