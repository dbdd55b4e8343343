//! The promises of `StreamTimeExt::take_for` and of `StreamTimeExt::take_before`.

use core::pin::pin;
use core::task::Poll;
use core::time::Duration;

use anytempo::{Instant, StreamTimeExt, Timer};

use super::feed::Feed;
use super::rules::{self, FAR};
use super::script::over_errors;
use crate::suite::case::never;
use crate::suite::{Outcome, Probe, STEP, Subject, check};

/// The stream ends when its time is up, also between items, and for good.
pub async fn ends_in_time<T: Timer>(subject: Subject<T>) -> Outcome {
    let (probe, feed) = (Probe::new(), Feed::default());
    let mut items = pin!((&feed).take_for(&subject.timer, STEP * 2));
    subject.pass(3).await;
    let mark = subject.mark();
    feed.give(1);
    check(
        probe.poll_next(items.as_mut()) == Poll::Ready(Some(1)),
        "the first poll begins the time",
    )?;
    let poll = probe.poll_next(items.as_mut());
    mark.waits(poll.is_pending(), 2, "it waits for the source")?;
    if poll.is_ready() {
        return Ok(());
    }
    subject.reach(subject.mark().plus(2)).await;
    check(probe.wakes() > 0, "the end of the time wakes")?;
    feed.give(1);
    check(probe.poll_next(items.as_mut()) == Poll::Ready(None), "the end wins a tie")?;
    mark.passed(STEP * 2)?;
    check(probe.poll_next(items.as_mut()) == Poll::Ready(None), "and stays")?;
    check(feed.last() == 1, "the item is left in the source")
}

/// A source that is always ready ends as well.
pub async fn busy_source_ends<T: Timer>(subject: Subject<T>) -> Outcome {
    let (probe, feed) = (Probe::new(), Feed::default());
    feed.never_runs_dry();
    let mut items = pin!((&feed).take_for(&subject.timer, STEP * 2));
    let mark = subject.mark();
    while probe.poll_next(items.as_mut()) != Poll::Ready(None) {
        mark.sees(!mark.is_late(1000), "the stream ends", "an item")?;
        subject.pass(1).await;
    }
    mark.passed(STEP * 2)
}

/// Without any time, and where the deadline is past, it ends in the first poll.
pub async fn zero_and_past_end_at_once<T: Timer>(subject: Subject<T>) -> Outcome {
    let (probe, feed) = (Probe::new(), Feed::default());
    feed.give(3);
    let mut items = pin!((&feed).take_for(&subject.timer, Duration::ZERO));
    check(probe.poll_next(items.as_mut()) == Poll::Ready(None), "no time is left")?;
    let past = subject.mark().start;
    subject.pass(1).await;
    let mut items = pin!((&feed).take_before(&subject.timer, past));
    check(probe.poll_next(items.as_mut()) == Poll::Ready(None), "the deadline is past")?;
    check(feed.polls() == 0, "the source is left alone")
}

/// A deadline counts from nothing; one that is never reached, and a time that cannot be expressed, change nothing.
pub async fn deadline_and_never<T: Timer>(subject: Subject<T>) -> Outcome {
    let (probe, feed) = (Probe::new(), Feed::default());
    subject.pass(1).await;
    let mark = subject.mark();
    let mut before = pin!((&feed).take_before(&subject.timer, mark.plus(2)));
    subject.reach(mark.plus(2)).await;
    check(probe.poll_next(before.as_mut()) == Poll::Ready(None), "the deadline is reached")?;
    let mut endless = pin!((&feed).take_before(&subject.timer, never::<T>()));
    let mut long = pin!((&feed).take_for(&subject.timer, Duration::MAX));
    for item in [1, 3, 5] {
        check(probe.poll_next(endless.as_mut()).is_pending(), "it goes on")?;
        check(probe.poll_next(long.as_mut()).is_pending(), "it goes on")?;
        feed.give(2);
        check(probe.poll_next(endless.as_mut()) == Poll::Ready(Some(item)), "an item comes")?;
        check(probe.poll_next(long.as_mut()) == Poll::Ready(Some(item + 1)), "an item comes")?;
        subject.pass(1).await;
    }
    Ok(())
}

/// Polled in vain, left, and polled again by another task, it goes on; and it stays at its end.
pub async fn is_left_and_polled_again<T: Timer>(subject: Subject<T>) -> Outcome {
    let timer = &subject.timer;
    rules::is_silent(&subject, |timer| drop((&Feed::default()).take_for(timer, FAR)))?;
    let feed = Feed::default();
    rules::wakes_the_newest(&feed, (&feed).take_for(timer, FAR))?;
    let feed = Feed::default();
    rules::stays_at_its_end(&feed, (&feed).take_for(timer, FAR))
}

over_errors!(
    Keeps::All(0),
    |item, see| see(item),
    |source, timer, script| source.take_for(timer, script.period * 3),
    |source, timer, script| source
        .take_before(timer, timer.now().checked_add(T::Instant::delta_ceil(script.period))),
);
