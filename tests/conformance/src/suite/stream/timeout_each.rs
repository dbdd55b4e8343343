//! The promises of `StreamTimeExt::timeout_each`.

use core::pin::pin;
use core::task::Poll;
use core::time::Duration;

use anytempo::{StreamTimeExt, Timer};
use futures_core::Stream;

use super::feed::Feed;
use super::rules::{self, FAR};
use super::script::over_errors;
use crate::suite::{Outcome, Probe, STEP, Subject, check};

/// A gap is reported once, and no item is lost.
pub async fn one_error_in_a_gap<T: Timer>(subject: Subject<T>) -> Outcome {
    let (probe, feed) = (Probe::new(), Feed::default());
    let mut items = pin!((&feed).timeout_each(&subject.timer, STEP * 2));
    for item in 1..3 {
        feed.give(1);
        check(probe.poll_next(items.as_mut()) == Poll::Ready(Some(Ok(item))), "an item comes")?;
        let (mark, wakes) = (subject.mark(), probe.wakes());
        let poll = probe.poll_next(items.as_mut());
        check(poll.is_pending(), "then it waits")?;
        subject.reach(subject.mark().plus(2)).await;
        check(probe.wakes() > wakes, "the end of the limit wakes")?;
        let poll = probe.poll_next(items.as_mut());
        check(matches!(poll, Poll::Ready(Some(Err(_)))), "the gap is reported")?;
        mark.passed(STEP * 2)?;
        subject.pass(3).await;
        check(probe.poll_next(items.as_mut()).is_pending(), "once")?;
    }
    Ok(())
}

/// The limit counts from the request, so a slow consumer is not held against the source; and an item wins a tie.
pub async fn counts_from_the_request<T: Timer>(subject: Subject<T>) -> Outcome {
    let (probe, feed) = (Probe::new(), Feed::default());
    let mut items = pin!((&feed).timeout_each(&subject.timer, STEP * 2));
    subject.pass(3).await;
    for item in 1..4 {
        let mark = subject.mark();
        let poll = probe.poll_next(items.as_mut());
        mark.waits(poll.is_pending(), 2, "the limit counts from the request")?;
        subject.reach(subject.mark().plus(2)).await;
        feed.give(1);
        let poll = probe.poll_next(items.as_mut());
        check(poll == Poll::Ready(Some(Ok(item))), "an item that is there beats the limit")?;
        subject.pass(3).await;
    }
    Ok(())
}

/// A zero limit reports a gap in the poll that finds it.
pub async fn zero_reports_at_once<T: Timer>(subject: Subject<T>) -> Outcome {
    let (probe, feed) = (Probe::new(), Feed::default());
    let mut items = pin!((&feed).timeout_each(&subject.timer, Duration::ZERO));
    feed.give(1);
    check(probe.poll_next(items.as_mut()) == Poll::Ready(Some(Ok(1))), "the item comes")?;
    let poll = probe.poll_next(items.as_mut());
    check(matches!(poll, Poll::Ready(Some(Err(_)))), "then the gap is reported")?;
    check(probe.poll_next(items.as_mut()).is_pending(), "once")?;
    check(probe.wakes() == 0, "nothing wakes")
}

/// A repeating limit of zero has a yield before each error.
pub async fn zero_yields_between_errors<T: Timer>(subject: Subject<T>) -> Outcome {
    let (probe, feed) = (Probe::new(), Feed::default());
    let mut items = pin!((&feed).timeout_each(&subject.timer, Duration::ZERO).repeating());
    for turn in 1..4 {
        check(probe.poll_next(items.as_mut()).is_pending(), "a yield comes first")?;
        check(subject.wakes_at_once(&probe, turn).await == turn, "which wakes its task")?;
        let poll = probe.poll_next(items.as_mut());
        check(matches!(poll, Poll::Ready(Some(Err(_)))), "then the error")?;
    }
    Ok(())
}

/// A repeating limit gives an error each time it is over, and the first item may have another limit.
pub async fn repeats_and_has_a_first<T: Timer>(subject: Subject<T>) -> Outcome {
    let (probe, feed) = (Probe::new(), Feed::default());
    let each = (&feed).timeout_each(&subject.timer, STEP).first(STEP * 3).repeating();
    let mut items = pin!(each);
    let mark = subject.mark();
    let mut after = STEP * 3;
    for _ in 0..3 {
        let mut poll = probe.poll_next(items.as_mut());
        while poll.is_pending() {
            subject.pass(1).await;
            poll = probe.poll_next(items.as_mut());
        }
        check(matches!(poll, Poll::Ready(Some(Err(_)))), "the limit is over")?;
        mark.passed(after)?;
        after += STEP;
    }
    Ok(())
}

/// A limit that cannot be expressed gives no error; the end beats the limit.
pub async fn never_gives_no_error<T: Timer>(subject: Subject<T>) -> Outcome {
    let (probe, feed) = (Probe::new(), Feed::default());
    subject.pass(1).await;
    let mut items = pin!((&feed).timeout_each(&subject.timer, Duration::MAX));
    check(probe.poll_next(items.as_mut()).is_pending(), "it waits")?;
    subject.pass(2).await;
    check(probe.poll_next(items.as_mut()).is_pending(), "without an error")?;
    check(probe.wakes() == 0, "nothing wakes")?;
    feed.give(1);
    feed.end();
    check(items.size_hint() == (1, Some(3)), "an item, and errors around it")?;
    check(probe.poll_next(items.as_mut()) == Poll::Ready(Some(Ok(1))), "the item comes")?;
    check(probe.poll_next(items.as_mut()) == Poll::Ready(None), "the end waits for nothing")
}

/// Polled in vain, left, and polled again by another task, it goes on; and it stays at its end.
pub async fn is_left_and_polled_again<T: Timer>(subject: Subject<T>) -> Outcome {
    let timer = &subject.timer;
    rules::is_silent(&subject, |timer| drop((&Feed::default()).timeout_each(timer, FAR)))?;
    let feed = Feed::default();
    rules::wakes_the_newest(&feed, (&feed).timeout_each(timer, FAR))?;
    let feed = Feed::default();
    rules::stays_at_its_end(&feed, (&feed).timeout_each(timer, FAR))
}

over_errors!(
    Keeps::All(0),
    |item, see| item.into_iter().for_each(see),
    |source, timer, script| source.timeout_each(timer, script.period),
    |source, timer, script| source.timeout_each(timer, script.period).first(STEP).repeating(),
);
