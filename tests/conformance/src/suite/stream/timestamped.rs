//! The promises of `StreamTimeExt::timestamped`.

use core::pin::pin;

use anytempo::{StreamTimeExt, Timer, next, range};

use super::feed::Feed;
use super::rules;
use super::script::over_errors;
use crate::suite::{Outcome, STEP, Subject, check};

/// Each item has the instant at which it was read.
pub async fn tells_when_items_arrive<T: Timer>(subject: Subject<T>) -> Outcome {
    let timer = &subject.timer;
    let mut items = pin!(range(0..3).pace(timer, STEP).timestamped(timer));
    let mut last = timer.now();
    for item in 0..3 {
        let Some((at, given)) = next(&mut items).await else {
            return check(false, "no item is lost");
        };
        check(given == item, "the item is the one of the source")?;
        check(at >= last && at <= timer.now(), "the instant is that of the poll")?;
        last = at;
    }
    Ok(())
}

/// Polled in vain, left, and polled again by another task, it goes on; and it stays at its end.
pub async fn is_left_and_polled_again<T: Timer>(subject: Subject<T>) -> Outcome {
    let timer = &subject.timer;
    rules::is_silent(&subject, |timer| drop((&Feed::default()).timestamped(timer)))?;
    let feed = Feed::default();
    rules::wakes_the_newest(&feed, (&feed).timestamped(timer))?;
    let feed = Feed::default();
    rules::stays_at_its_end(&feed, (&feed).timestamped(timer))
}

over_errors!(Keeps::All(0), |(_, item), see| see(item), |source, timer, script| source
    .timestamped(timer));
