//! The promises of `StreamTimeExt::throttle_first`.

use core::pin::pin;
use core::task::Poll;
use core::time::Duration;

use anytempo::{StreamTimeExt, Timer};
use futures_core::Stream;

use super::feed::Feed;
use super::rules::{self, FAR};
use super::script::over_errors;
use crate::suite::{Outcome, Probe, STEP, Subject, check};

/// The first item comes at once, and those that follow within the period do not come.
pub async fn drops_what_follows<T: Timer>(subject: Subject<T>) -> Outcome {
    let (probe, feed) = (Probe::new(), Feed::default());
    let mut items = pin!((&feed).throttle_first(&subject.timer, STEP * 2));
    feed.give(3);
    let mark = subject.mark();
    check(probe.poll_next(items.as_mut()) == Poll::Ready(Some(1)), "the first comes at once")?;
    check(feed.last() == 3, "those that came with it are read")?;
    feed.give(1);
    let poll = probe.poll_next(items.as_mut());
    mark.waits(poll.is_pending(), 2, "what comes within the period is dropped")?;
    if poll.is_ready() {
        return Ok(());
    }
    subject.reach(subject.mark().plus(2)).await;
    feed.give(2);
    let poll = probe.poll_next(items.as_mut());
    mark.passed(STEP * 2)?;
    check(poll == Poll::Ready(Some(5)), "the first that arrives with its end comes")
}

/// Without a period every item passes.
pub async fn zero_passes_all<T: Timer>(subject: Subject<T>) -> Outcome {
    let (probe, feed) = (Probe::new(), Feed::default());
    let mut items = pin!((&feed).throttle_first(&subject.timer, Duration::ZERO));
    feed.give(3);
    check(items.size_hint() == (3, None), "the size is that of the source")?;
    for item in 1..=3 {
        check(probe.poll_next(items.as_mut()) == Poll::Ready(Some(item)), "no item is lost")?;
    }
    rules::stays_at_its_end(&feed, items)
}

/// A period that cannot be expressed gives the first item only; the end waits for nothing.
pub async fn never_gives_one<T: Timer>(subject: Subject<T>) -> Outcome {
    let (probe, feed) = (Probe::new(), Feed::default());
    subject.pass(1).await;
    let mut items = pin!((&feed).throttle_first(&subject.timer, Duration::MAX));
    feed.give(2);
    check(probe.poll_next(items.as_mut()) == Poll::Ready(Some(1)), "the first comes at once")?;
    subject.pass(2).await;
    feed.give(2);
    check(probe.poll_next(items.as_mut()).is_pending(), "the others do not come")?;
    feed.give(1);
    feed.end();
    check(items.size_hint() == (0, Some(1)), "none needs to come")?;
    check(probe.poll_next(items.as_mut()) == Poll::Ready(None), "the end waits for nothing")
}

/// The end that is read together with an item follows it.
pub async fn end_follows_its_item<T: Timer>(subject: Subject<T>) -> Outcome {
    let (probe, feed) = (Probe::new(), Feed::default());
    let mut items = pin!((&feed).throttle_first(&subject.timer, STEP));
    feed.give(2);
    feed.end();
    check(probe.poll_next(items.as_mut()) == Poll::Ready(Some(1)), "the item comes")?;
    check(probe.poll_next(items.as_mut()) == Poll::Ready(None), "then the end, at once")
}

/// A consumer that is slower than the period has the first item of each backlog, and no old one.
pub async fn slow_consumer_has_no_backlog<T: Timer>(subject: Subject<T>) -> Outcome {
    let (probe, feed) = (Probe::new(), Feed::default());
    let mut items = pin!((&feed).throttle_first(&subject.timer, STEP));
    for turn in 0..3 {
        feed.give(5);
        let poll = probe.poll_next(items.as_mut());
        check(poll == Poll::Ready(Some(turn * 5 + 1)), "the first of the backlog comes")?;
        check(feed.last() == turn * 5 + 5, "the rest of it is dropped")?;
        subject.pass(2).await;
    }
    Ok(())
}

/// A source that is always ready is bounded, and the timer has its turn.
pub async fn always_ready_source<T: Timer>(subject: Subject<T>) -> Outcome {
    let feed = Feed::default();
    rules::bounds_its_work(&subject, &feed, (&feed).throttle_first(&subject.timer, STEP)).await
}

/// Polled in vain, left, and polled again by another task, it goes on; and it stays at its end.
pub async fn is_left_and_polled_again<T: Timer>(subject: Subject<T>) -> Outcome {
    let timer = &subject.timer;
    rules::is_silent(&subject, |timer| drop((&Feed::default()).throttle_first(timer, FAR)))?;
    let feed = Feed::default();
    rules::wakes_the_newest(&feed, (&feed).throttle_first(timer, FAR))?;
    let feed = Feed::default();
    rules::stays_at_its_end(&feed, (&feed).throttle_first(timer, FAR))
}

over_errors!(Keeps::First, |item, see| see(item), |source, timer, script| source
    .throttle_first(timer, script.period));
