//! The promises of `Pace::burst`.

use core::pin::pin;
use core::task::Poll;
use core::time::Duration;

use anytempo::{StreamTimeExt, Timer, next, range};
use futures_core::Stream;

use super::feed::Feed;
use super::rules::{self, FAR};
use super::script::over_errors;
use crate::suite::{Outcome, Probe, STEP, Subject, check};

/// As many items as there are tokens come at once, and the others at the pace.
pub async fn bursts_and_then_paces<T: Timer>(subject: Subject<T>) -> Outcome {
    let mut items = pin!(range(0..6).pace(&subject.timer, STEP * 2).burst(3));
    let mark = subject.mark();
    for (item, steps) in [(0, 0), (1, 0), (2, 0), (3, 2), (4, 4), (5, 6)] {
        check(next(&mut items).await == Some(item), "no item is lost")?;
        mark.passed(STEP * steps)?;
    }
    check(next(&mut items).await.is_none(), "then it is over")
}

/// A yield comes before each later item of a burst.
pub async fn yields_in_a_burst<T: Timer>(subject: Subject<T>) -> Outcome {
    let probe = Probe::new();
    let mut items = pin!(range(0..3).pace(&subject.timer, STEP * 1_000_000).burst(3));
    check(probe.poll_next(items.as_mut()) == Poll::Ready(Some(0)), "the first comes at once")?;
    for item in 1..3 {
        check(probe.poll_next(items.as_mut()).is_pending(), "a yield comes before a later item")?;
        check(probe.wakes() == item, "which wakes its task")?;
        check(probe.poll_next(items.as_mut()) == Poll::Ready(Some(item)), "then the item comes")?;
    }
    check(probe.poll_next(items.as_mut()) == Poll::Ready(None), "the end waits for nothing")
}

/// Tokens come back in a pause, but no more than the bucket holds.
pub async fn tokens_come_back<T: Timer>(subject: Subject<T>) -> Outcome {
    let (probe, feed) = (Probe::new(), Feed::default());
    let mut items = pin!((&feed).pace(&subject.timer, STEP).burst(2));
    for turn in 0..2 {
        feed.give(2);
        for item in 1..3 {
            let mut poll = probe.poll_next(items.as_mut());
            if poll.is_pending() {
                poll = probe.poll_next(items.as_mut());
            }
            check(poll == Poll::Ready(Some(turn * 2 + item)), "two items come without a wait")?;
        }
        subject.pass(20).await;
    }
    let mark = subject.mark();
    feed.give(3);
    for _ in 0..3 {
        check(next(&mut items).await.is_some(), "no item is lost")?;
    }
    mark.passed(STEP)
}

/// A delay that cannot be expressed gives one burst, and then nothing.
pub async fn never_gives_one_burst<T: Timer>(subject: Subject<T>) -> Outcome {
    let probe = Probe::new();
    subject.pass(1).await;
    let mut items = pin!(range(0..9).pace(&subject.timer, Duration::MAX).burst(2));
    check(probe.poll_next(items.as_mut()) == Poll::Ready(Some(0)), "the first comes at once")?;
    check(probe.poll_next(items.as_mut()).is_pending(), "then a yield")?;
    check(probe.poll_next(items.as_mut()) == Poll::Ready(Some(1)), "the second comes too")?;
    let wakes = probe.wakes();
    for _ in 0..2 {
        check(probe.poll_next(items.as_mut()).is_pending(), "the third does not")?;
        subject.pass(1).await;
    }
    check(items.size_hint() == (7, Some(7)), "it is held")?;
    check(probe.wakes() == wakes, "nothing wakes")
}

/// Without a delay every item comes after a yield.
pub async fn zero_yields_between_items<T: Timer>(subject: Subject<T>) -> Outcome {
    let probe = Probe::new();
    let mut items = pin!(range(0_u64..).pace(&subject.timer, Duration::ZERO).burst(5));
    for item in 0..100 {
        check(probe.poll_next(items.as_mut()) == Poll::Ready(Some(item)), "an item comes")?;
        check(probe.poll_next(items.as_mut()).is_pending(), "and then a yield")?;
    }
    Ok(())
}

/// Polled in vain, left, and polled again by another task, it goes on; and it stays at its end.
pub async fn is_left_and_polled_again<T: Timer>(subject: Subject<T>) -> Outcome {
    let timer = &subject.timer;
    rules::is_silent(&subject, |timer| drop((&Feed::default()).pace(timer, FAR).burst(2)))?;
    let feed = Feed::default();
    rules::wakes_the_newest(&feed, (&feed).pace(timer, FAR).burst(2))?;
    let feed = Feed::default();
    rules::stays_at_its_end(&feed, (&feed).pace(timer, FAR).burst(2))
}

over_errors!(Keeps::All(1), |item, see| see(item), |source, timer, script| source
    .pace(timer, script.period.min(STEP))
    .burst(2));
