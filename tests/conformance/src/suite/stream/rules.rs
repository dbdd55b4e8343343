//! What all operators of a stream have in common.

use core::fmt::Debug;
use core::pin::pin;
use core::task::Poll;
use core::time::Duration;

use anytempo::Timer;
use futures_core::{FusedStream, Stream};

use super::feed::Feed;
use crate::suite::spy::Watched;
use crate::suite::{Outcome, Probe, Spy, Subject, check, check_count};

/// So long that it is not over before a case is, however slow the machine is.
pub(super) const FAR: Duration = Duration::from_secs(3600);

/// The most polls of the source in one poll of an operator.
const MOST: usize = 33;

/// The end comes at once, and stays; the source is polled no more.
pub(super) fn stays_at_its_end<S: FusedStream<Item: Debug>>(feed: &Feed, stream: S) -> Outcome {
    let probe = Probe::new();
    let mut stream = pin!(stream);
    check(probe.poll_next(stream.as_mut()).is_pending(), "it waits for the source")?;
    check(!stream.is_terminated(), "it goes on")?;
    feed.end();
    check(matches!(probe.poll_next(stream.as_mut()), Poll::Ready(None)), "the end comes at once")?;
    let polls = feed.polls();
    for _ in 0..3 {
        check(matches!(probe.poll_next(stream.as_mut()), Poll::Ready(None)), "the end stays")?;
        check(stream.is_terminated(), "and it says so")?;
        check(stream.size_hint() == (0, Some(0)), "its size is that of nothing")?;
    }
    check_count(feed.polls(), polls, "the source is not polled after its end")
}

/// It is made without a look at the clock.
pub(super) fn is_silent<T: Timer>(
    subject: &Subject<T>,
    make: impl for<'a> FnOnce(Watched<'a, T>),
) -> Outcome {
    let spy = Spy::on(subject.timer.clone());
    make(spy.timer());
    check_count(spy.reads() + spy.polls(), 0, "nothing reads the clock before the first poll")
}

/// Spurious polls change nothing, and the waker of the last one is woken.
pub(super) fn wakes_the_newest<S: Stream>(feed: &Feed, stream: S) -> Outcome {
    let (old, newest) = (Probe::new(), Probe::new());
    let mut stream = pin!(stream);
    for probe in [&old, &old, &newest] {
        check(probe.poll_next(stream.as_mut()).is_pending(), "it waits for the source")?;
    }
    feed.give(1);
    check_count(newest.wakes(), 1, "the newest waker is woken once")?;
    check_count(old.wakes(), 0, "the old one is not")
}

/// A source that is always ready: each poll has bounded work, and items come.
pub(super) async fn bounds_its_work<T: Timer, S: Stream>(
    subject: &Subject<T>,
    feed: &Feed,
    stream: S,
) -> Outcome {
    let probe = Probe::new();
    let mut stream = pin!(stream);
    feed.never_runs_dry();
    for _ in 0..3 {
        let mut came = false;
        for _ in 0..8 {
            let (polls, wakes) = (feed.polls(), probe.wakes());
            let poll = probe.poll_next(stream.as_mut());
            check(feed.polls() - polls <= MOST, "a poll reads no more than 32 items")?;
            if poll.is_ready() {
                came = true;
                break;
            }
            check(probe.wakes() > wakes, "a poll that leaves items behind wakes its task")?;
            subject.pass(1).await;
        }
        check(came, "an item comes within some periods")?;
    }
    Ok(())
}
