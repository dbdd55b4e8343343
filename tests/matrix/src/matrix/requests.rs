//! What holds of operators that have requests or resets for a source, on a clock that may be late.

use core::time::Duration;

use anytempo_virtual::marbles::Timeline;

use crate::matrix::check::Seen;
use crate::matrix::operators::at;
use crate::programs::Event;

/// Each request has an answer: a tick in its order, a period or more after the one before, and neither is early.
pub(super) fn interval(
    source: &Timeline,
    delay: Duration,
    period: Duration,
    seen: &[Seen],
) -> Result<(), String> {
    let (answers, end) = without_end(seen)?;
    let mut requests = source.marbles().filter(|(_, marble)| *marble != "|");
    let (mut least, mut last) = (delay, at(source.length() - 1));
    for (t_us, marble) in answers {
        let Ok(ticks) = marble.trim_matches(['[', ']']).parse() else {
            return Err(format!("`item {marble}` was reported, and is no tick"));
        };
        let Some((asked, _)) = requests.next() else {
            return Err(format!("`item {marble}` was reported, and nothing asks for it"));
        };
        let due = at(ticks);
        if due < least {
            return Err(format!("`item {marble}` was reported out of order"));
        }
        last = last.max(due).max(at(asked));
        never_early(&format!("item {marble}"), t_us, due.max(at(asked)))?;
        least = due + period;
    }
    match requests.next() {
        Some((_, lost)) => Err(format!("the answer to `{lost}` was lost")),
        None => never_early("end", end, last),
    }
}

/// Either all resets come, or the limit passes after the first one that no other follows in time. Where both are late, the
/// resets win.
pub(super) fn idle_timeout(
    source: &Timeline,
    limit: Duration,
    seen: &[Seen],
) -> Result<(), String> {
    let (outcome, end) = without_end(seen)?;
    let &[(t_us, marble)] = outcome.as_slice() else {
        return Err(format!("there was not one outcome, but {}", outcome.len()));
    };
    let ticks: Vec<_> = source.marbles().map(|(tick, _)| at(tick)).collect();
    let resets = ticks.len() - 1;
    let mut before = Duration::ZERO;
    let mut expires = None;
    for tick in &ticks {
        if *tick > before + limit {
            expires = expires.or(Some(before + limit));
        }
        before = *tick;
    }
    let due = match (marble, expires) {
        ("!", Some(expires)) => expires,
        ("!", None) => return Err("`item !` was reported, and no limit has passed".into()),
        (count, _) if count.trim_matches(['[', ']']).parse() == Ok(resets) => before,
        (other, _) => return Err(format!("`item {other}` was reported for {resets} resets")),
    };
    never_early(&format!("item {marble}"), t_us, due)?;
    never_early("end", end, due)
}

/// The items that were reported, each with its time in microseconds.
type Items<'a> = Vec<(u128, &'a str)>;

/// The items, and when the end was reported.
fn without_end(seen: &[Seen]) -> Result<(Items<'_>, u128), String> {
    let Some(((end, Event::End), items)) = seen.split_last() else {
        return Err("`end` was not reported".into());
    };
    let items = items.iter().map(|(t_us, event)| match event {
        Event::Marble { marble } => Ok((*t_us, marble.as_str())),
        Event::End => Err("`end` was reported before the last".into()),
        _ => Err("what is no item was reported".into()),
    });
    Ok((items.collect::<Result<_, String>>()?, *end))
}

fn never_early(what: &str, t_us: u128, due: Duration) -> Result<(), String> {
    let due = due.as_micros();
    if t_us < due {
        Err(format!("`{what}` came early: at {t_us} µs for {due} µs"))
    } else {
        Ok(())
    }
}
