//! The promises of `StreamTimeExt::time_between`.

use core::pin::pin;
use core::time::Duration;

use anytempo::{StreamTimeExt, Timer, next, range};

use super::feed::Feed;
use super::rules;
use super::script::over_errors;
use crate::suite::{Outcome, STEP, Subject, check};

/// Each item has the time since the one before, and the first one that since the first poll.
pub async fn tells_the_time_between_items<T: Timer>(subject: Subject<T>) -> Outcome {
    let timer = &subject.timer;
    let mut items = pin!(range(0..3).pace(timer, STEP).time_between(timer));
    subject.pass(2).await;
    let mut asked_before = timer.now();
    for item in 0..3 {
        let asked = timer.now();
        let Some((after, given)) = next(&mut items).await else {
            return check(false, "no item is lost");
        };
        check(given == item, "the item is the one of the source")?;
        // Where time passes by itself, some of it passes between the pace's look at the clock and this one's. So a span may
        // be shorter than the pace, and what bounds it is when it was asked for.
        check(after <= timer.elapsed(asked_before), "no span is longer than it was asked for")?;
        if subject.is_steady() && item == 0 {
            check(after == Duration::ZERO, "the first time counts from the first poll")?;
        } else if subject.is_steady() {
            check(after >= STEP, "a pace is the time between items at least")?;
        }
        asked_before = asked;
    }
    Ok(())
}

/// Polled in vain, left, and polled again by another task, it goes on; and it stays at its end.
pub async fn is_left_and_polled_again<T: Timer>(subject: Subject<T>) -> Outcome {
    let timer = &subject.timer;
    rules::is_silent(&subject, |timer| drop((&Feed::default()).time_between(timer)))?;
    let feed = Feed::default();
    rules::wakes_the_newest(&feed, (&feed).time_between(timer))?;
    let feed = Feed::default();
    rules::stays_at_its_end(&feed, (&feed).time_between(timer))
}

over_errors!(Keeps::All(0), |(_, item), see| see(item), |source, timer, script| source
    .time_between(timer));
