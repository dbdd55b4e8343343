//! The promises of `StreamTimeExt::keep_alive`.

use core::pin::pin;
use core::task::Poll;
use core::time::Duration;

use anytempo::{StreamTimeExt, Timer};
use futures_core::Stream;

use super::feed::Feed;
use super::rules::{self, FAR};
use super::script::over_errors;
use crate::suite::{Outcome, Probe, STEP, Subject, check};

/// An item is made when the source was silent, and again as long as it is.
pub async fn fills_the_silence<T: Timer>(subject: Subject<T>) -> Outcome {
    let (probe, feed) = (Probe::new(), Feed::default());
    let mut items = pin!((&feed).keep_alive(&subject.timer, STEP * 2, || 0));
    let start = subject.mark();
    for turn in 1..4 {
        let mut poll = probe.poll_next(items.as_mut());
        while poll.is_pending() {
            subject.pass(1).await;
            poll = probe.poll_next(items.as_mut());
        }
        check(poll == Poll::Ready(Some(0)), "an item is made")?;
        start.passed(STEP * 2 * turn)?;
    }
    feed.give(1);
    check(probe.poll_next(items.as_mut()) == Poll::Ready(Some(1)), "an item of the source comes")
}

/// Nothing is made while there are items, however slow the consumer is; an item wins a tie.
pub async fn items_come_first<T: Timer>(subject: Subject<T>) -> Outcome {
    let (probe, feed) = (Probe::new(), Feed::default());
    let mut items = pin!((&feed).keep_alive(&subject.timer, STEP, || 0));
    for item in 1..4 {
        feed.give(1);
        check(probe.poll_next(items.as_mut()) == Poll::Ready(Some(item)), "the item comes")?;
        subject.pass(2).await;
    }
    Ok(())
}

/// Without a silence to wait for, a yield comes before each item that is made after another.
pub async fn zero_yields<T: Timer>(subject: Subject<T>) -> Outcome {
    let (probe, feed) = (Probe::new(), Feed::default());
    let mut items = pin!((&feed).keep_alive(&subject.timer, Duration::ZERO, || 0));
    for turn in 1..4 {
        check(probe.poll_next(items.as_mut()).is_pending(), "a yield comes first")?;
        check(subject.wakes_at_once(&probe, turn).await == turn, "which wakes its task")?;
        check(probe.poll_next(items.as_mut()) == Poll::Ready(Some(0)), "then an item is made")?;
    }
    Ok(())
}

/// A silence that cannot be expressed makes nothing.
pub async fn never_makes_nothing<T: Timer>(subject: Subject<T>) -> Outcome {
    let (probe, feed) = (Probe::new(), Feed::default());
    subject.pass(1).await;
    let mut items = pin!((&feed).keep_alive(&subject.timer, Duration::MAX, || 0));
    check(probe.poll_next(items.as_mut()).is_pending(), "it waits")?;
    subject.pass(2).await;
    check(probe.poll_next(items.as_mut()).is_pending(), "for good")?;
    feed.give(1);
    check(items.size_hint() == (1, None), "one comes at least")?;
    check(probe.poll_next(items.as_mut()) == Poll::Ready(Some(1)), "an item comes all the same")
}

/// Polled in vain, left, and polled again by another task, it goes on; and it stays at its end.
pub async fn is_left_and_polled_again<T: Timer>(subject: Subject<T>) -> Outcome {
    let timer = &subject.timer;
    rules::is_silent(&subject, |timer| drop((&Feed::default()).keep_alive(timer, FAR, || 0)))?;
    let feed = Feed::default();
    rules::wakes_the_newest(&feed, (&feed).keep_alive(timer, FAR, || 0))?;
    let feed = Feed::default();
    rules::stays_at_its_end(&feed, (&feed).keep_alive(timer, FAR, || 0))
}

over_errors!(Keeps::All(0), |item, see| see(item), |source, timer, script| source.keep_alive(
    timer,
    script.period,
    || script.other()
));
