//! The promises of `StreamTimeExt::fold_within`.

use core::ops::ControlFlow::{Break, Continue};
use core::pin::pin;
use core::task::Poll;
use core::time::Duration;

use anytempo::{StreamTimeExt, Timer};
use futures_core::Stream;

use super::feed::Feed;
use super::rules::{self, FAR};
use super::script::over_errors;
use crate::suite::{Outcome, Probe, STEP, Subject, check};

/// Adds up items, of which a sum has three.
macro_rules! sums {
    ($feed:expr, $timer:expr, $window:expr) => {
        (&$feed).fold_within(
            $timer,
            $window,
            || (0, 0),
            |(sum, count), item| {
                *sum += item;
                *count += 1;
                if *count < 3 { Continue(()) } else { Break(()) }
            },
        )
    };
}

/// A window begins with its first item, and gives what came within it.
pub async fn window_begins_with_an_item<T: Timer>(subject: Subject<T>) -> Outcome {
    let (probe, feed) = (Probe::new(), Feed::default());
    let mut sums = pin!(sums!(feed, &subject.timer, STEP * 2));
    check(probe.poll_next(sums.as_mut()).is_pending(), "nothing comes of nothing")?;
    subject.pass(3).await;
    check(probe.poll_next(sums.as_mut()).is_pending(), "not later either")?;
    feed.give(1);
    let mark = subject.mark();
    let poll = probe.poll_next(sums.as_mut());
    mark.waits(poll.is_pending(), 2, "the window begins with the item")?;
    subject.reach(subject.mark().plus(2)).await;
    check(probe.wakes() > 0, "its end wakes")?;
    feed.give(1);
    let poll = probe.poll_next(sums.as_mut());
    check(poll == Poll::Ready(Some((3, 2))), "an item that is there when it ends belongs to it")?;
    mark.passed(STEP * 2)
}

/// A value that is full comes at once, and the next one has a window of its own.
pub async fn full_comes_at_once<T: Timer>(subject: Subject<T>) -> Outcome {
    let (probe, feed) = (Probe::new(), Feed::default());
    let mut sums = pin!(sums!(feed, &subject.timer, STEP * 2));
    feed.give(7);
    check(probe.poll_next(sums.as_mut()) == Poll::Ready(Some((6, 3))), "a full one comes")?;
    check(probe.poll_next(sums.as_mut()) == Poll::Ready(Some((15, 3))), "and another one")?;
    let mark = subject.mark();
    let poll = probe.poll_next(sums.as_mut());
    mark.waits(poll.is_pending(), 2, "one that is not full waits for its window")?;
    feed.give(2);
    let poll = probe.poll_next(sums.as_mut());
    mark.sees(poll == Poll::Ready(Some((24, 3))) || mark.is_late(2), "then it is full", "not")?;
    subject.pass(3).await;
    check(probe.poll_next(sums.as_mut()).is_pending(), "and nothing is left over")
}

/// Without a window a value has what is ready in one poll.
pub async fn zero_is_what_is_ready<T: Timer>(subject: Subject<T>) -> Outcome {
    let (probe, feed) = (Probe::new(), Feed::default());
    let mut sums = pin!(sums!(feed, &subject.timer, Duration::ZERO));
    feed.give(2);
    check(probe.poll_next(sums.as_mut()) == Poll::Ready(Some((3, 2))), "what is ready comes")?;
    check(probe.poll_next(sums.as_mut()).is_pending(), "nothing comes of nothing")
}

/// With a window that cannot be expressed a value comes when it is full, or at the end, which waits for nothing.
pub async fn never_keeps_until_the_end<T: Timer>(subject: Subject<T>) -> Outcome {
    let (probe, feed) = (Probe::new(), Feed::default());
    subject.pass(1).await;
    let mut sums = pin!(sums!(feed, &subject.timer, Duration::MAX));
    feed.give(1);
    check(probe.poll_next(sums.as_mut()).is_pending(), "it waits")?;
    subject.pass(2).await;
    feed.give(1);
    check(probe.poll_next(sums.as_mut()).is_pending(), "for good")?;
    check(sums.size_hint() == (1, None), "one comes at least")?;
    feed.end();
    check(probe.poll_next(sums.as_mut()) == Poll::Ready(Some((3, 2))), "it comes with the end")?;
    check(probe.poll_next(sums.as_mut()) == Poll::Ready(None), "which waits for nothing")
}

/// A source that is always ready is bounded, and the timer has its turn.
pub async fn always_ready_source<T: Timer>(subject: Subject<T>) -> Outcome {
    let feed = Feed::default();
    rules::bounds_its_work(
        &subject,
        &feed,
        (&feed).fold_within(
            &subject.timer,
            STEP,
            || 0,
            |sum, item| {
                *sum += item;
                Continue(())
            },
        ),
    )
    .await
}

/// Polled in vain, left, and polled again by another task, it goes on; and it stays at its end.
pub async fn is_left_and_polled_again<T: Timer>(subject: Subject<T>) -> Outcome {
    let timer = &subject.timer;
    rules::is_silent(&subject, |timer| {
        drop((&Feed::default()).fold_within(
            timer,
            FAR,
            || 0,
            |sum, item| {
                *sum += item;
                Continue(())
            },
        ))
    })?;
    let feed = Feed::default();
    rules::wakes_the_newest(
        &feed,
        (&feed).fold_within(
            timer,
            FAR,
            || 0,
            |sum, item| {
                *sum += item;
                Continue(())
            },
        ),
    )?;
    let feed = Feed::default();
    rules::stays_at_its_end(
        &feed,
        (&feed).fold_within(
            timer,
            FAR,
            || 0,
            |sum, item| {
                *sum += item;
                Continue(())
            },
        ),
    )
}

over_errors!(
    Keeps::All(2),
    |items, see| items.into_iter().flatten().for_each(see),
    |source, timer, script| source.fold_within(
        timer,
        script.period / 2,
        || [None, None, None],
        |items, item| {
            let [first, second, third] = items;
            if first.is_none() {
                *first = Some(item);
            } else if second.is_none() {
                *second = Some(item);
            } else {
                *third = Some(item);
                return Break(());
            }
            Continue(())
        },
    ),
);
