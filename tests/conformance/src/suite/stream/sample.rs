//! The promises of `StreamTimeExt::sample`.

use core::pin::pin;
use core::task::Poll;
use core::time::Duration;

use anytempo::{StreamTimeExt, Timer};
use futures_core::Stream;

use super::feed::Feed;
use super::rules::{self, FAR};
use super::script::over_errors;
use crate::suite::{Outcome, Probe, STEP, Subject, check};

/// The newest item comes at the tick, and a tick without an item gives nothing.
pub async fn newest_at_each_tick<T: Timer>(subject: Subject<T>) -> Outcome {
    let (probe, feed) = (Probe::new(), Feed::default());
    let mut items = pin!((&feed).sample(&subject.timer, STEP * 2));
    feed.give(1);
    let mark = subject.mark();
    check(probe.poll_next(items.as_mut()).is_pending(), "an item waits for the tick")?;
    feed.give(2);
    let poll = probe.poll_next(items.as_mut());
    mark.waits(poll.is_pending(), 2, "all items wait for the tick")?;
    if poll.is_ready() {
        return Ok(());
    }
    subject.reach(subject.mark().plus(2)).await;
    check(probe.wakes() > 0, "the tick wakes")?;
    check(probe.poll_next(items.as_mut()) == Poll::Ready(Some(3)), "the newest comes")?;
    mark.passed(STEP * 2)?;
    let mark = subject.mark();
    for _ in 0..3 {
        check(
            probe.poll_next(items.as_mut()).is_pending(),
            "a tick without an item gives nothing",
        )?;
        subject.pass(2).await;
    }
    feed.give(1);
    while probe.poll_next(items.as_mut()).is_pending() {
        mark.sees(!mark.is_late(1000), "the item comes at one of the next ticks", "none")?;
        subject.pass(1).await;
    }
    Ok(())
}

/// Without a period every item passes.
pub async fn zero_passes_all<T: Timer>(subject: Subject<T>) -> Outcome {
    let (probe, feed) = (Probe::new(), Feed::default());
    let mut items = pin!((&feed).sample(&subject.timer, Duration::ZERO));
    feed.give(3);
    for item in 1..=3 {
        check(probe.poll_next(items.as_mut()) == Poll::Ready(Some(item)), "no item is lost")?;
    }
    rules::stays_at_its_end(&feed, items)
}

/// A period that cannot be expressed gives the last item, with the end.
pub async fn never_keeps_the_last<T: Timer>(subject: Subject<T>) -> Outcome {
    let (probe, feed) = (Probe::new(), Feed::default());
    subject.pass(1).await;
    let mut items = pin!((&feed).sample(&subject.timer, Duration::MAX));
    feed.give(3);
    check(probe.poll_next(items.as_mut()).is_pending(), "no tick comes")?;
    subject.pass(2).await;
    check(probe.poll_next(items.as_mut()).is_pending(), "not later either")?;
    feed.end();
    check(items.size_hint() == (1, Some(1)), "one is left")?;
    check(probe.poll_next(items.as_mut()) == Poll::Ready(Some(3)), "the last comes with the end")?;
    check(probe.poll_next(items.as_mut()) == Poll::Ready(None), "which waits for nothing")
}

/// A tick that passed while nobody asked is made up for, once, with the newest item.
pub async fn slow_consumer_has_the_newest<T: Timer>(subject: Subject<T>) -> Outcome {
    let (probe, feed) = (Probe::new(), Feed::default());
    let mut items = pin!((&feed).sample(&subject.timer, STEP));
    check(probe.poll_next(items.as_mut()).is_pending(), "the grid starts")?;
    for _ in 0..3 {
        subject.pass(3).await;
        feed.give(5);
        let poll = probe.poll_next(items.as_mut());
        check(poll == Poll::Ready(Some(feed.last())), "the newest comes at once")?;
        check(feed.last() % 5 == 0, "all that was there was read")?;
    }
    Ok(())
}

/// A source that is always ready is bounded, and the timer has its turn.
pub async fn always_ready_source<T: Timer>(subject: Subject<T>) -> Outcome {
    let feed = Feed::default();
    rules::bounds_its_work(&subject, &feed, (&feed).sample(&subject.timer, STEP)).await
}

/// Polled in vain, left, and polled again by another task, it goes on; and it stays at its end.
pub async fn is_left_and_polled_again<T: Timer>(subject: Subject<T>) -> Outcome {
    let timer = &subject.timer;
    rules::is_silent(&subject, |timer| drop((&Feed::default()).sample(timer, FAR)))?;
    let feed = Feed::default();
    rules::wakes_the_newest(&feed, (&feed).sample(timer, FAR))?;
    let feed = Feed::default();
    rules::stays_at_its_end(&feed, (&feed).sample(timer, FAR))
}

over_errors!(Keeps::Newest, |item, see| see(item), |source, timer, script| source
    .sample(timer, script.period));
