//! The rows of the operators: what each makes of a source, and the least that holds on a clock that may be late.

use core::time::Duration;

use anytempo::stream::AnyRate;
use anytempo_virtual::marbles::Timeline;

use crate::matrix::check::{Expected, Seen};
use crate::matrix::requests;
use crate::programs::host::Command;
use crate::programs::{ADDED, Event, Operation, Operator};

/// The time that a character stands for: long for a processor, short for a person.
const TICK: Duration = Duration::from_millis(5);

/// The name of a row, the operator, the source, and what comes out. The documentation of the operators has the same timelines.
fn table() -> [(&'static str, Operator, &'static str, &'static str); 22] {
    let spaced = AnyRate::Spaced;
    let debounce = |at_most| Operator::Debounce { quiet: TICK * 2, at_most };
    let interval = |rate| Operator::Interval { period: TICK * 2, rate };
    let (delay, period, rate) = (TICK, TICK * 2, AnyRate::Skip);
    let each = |repeating| Operator::TimeoutEach { limit: TICK * 3, first: None, repeating };
    [
        ("pace", Operator::Pace { delay: TICK * 2, rate: spaced }, "(ab)----c--d|", "a-b--c--d|"),
        ("burst", Operator::PaceBurst { delay: TICK * 2, burst: 2 }, "(abcd)---|", "(ab)-c-(d|)"),
        ("stream_stall", Operator::Stall { delay: TICK * 2 }, "ab-c-d|", "--(ab)c-d|"),
        (
            "throttle_latest",
            Operator::ThrottleLatest { period: TICK * 3 },
            "abc---d--e|",
            "a--c--d--e|",
        ),
        (
            "throttle_first",
            Operator::ThrottleFirst { period: TICK * 3 },
            "abc---d--e|",
            "a-----d--e|",
        ),
        ("sample", Operator::Sample { period: TICK * 3 }, "abc---d--e|", "---c--d--e|"),
        ("debounce", debounce(None), "abc---d--e|", "----c---d-(e|)"),
        ("at_most", debounce(Some(TICK * 2)), "abc---d--e|", "--b-c---d-(e|)"),
        ("timeout_each", each(false), "ab-----c|", "ab--!--c|"),
        ("repeating", each(true), "ab-------c|", "ab--!--!-c|"),
        ("keep_alive", Operator::KeepAlive { idle: TICK * 2 }, "ab-----c|", "ab-k-k-c|"),
        (
            "fold_within",
            Operator::FoldWithin { window: TICK * 3, most: 9 },
            "abc---d--e|",
            "---3-----2|",
        ),
        (
            "chunks_within",
            Operator::ChunksWithin { most: 2, window: TICK * 3 },
            "ab-----c|",
            "-([ab])------([c]|)",
        ),
        ("take_for", Operator::TakeFor { span: TICK * 4 }, "ab-----c|", "ab--|"),
        ("timestamped", Operator::Timestamped, "a--b-c|", "([a0])--([b3])-([c5])|"),
        ("time_between", Operator::TimeBetween, "a--b-c|", "([a0])--([b3])-([c2])|"),
        ("interval", interval(rate), "(ab)------(cd)|", "0-2----4(8|)"),
        ("fixed_rate", interval(AnyRate::FixedRate), "(ab)------(cd)|", "0-2----(46)|"),
        (
            "interval_after",
            Operator::IntervalAfter { delay, period, rate },
            "-(abc)|",
            "--2-4-(6|)",
        ),
        ("interval_at", Operator::IntervalAt { delay, period, rate }, "-(abc)|", "-1-3-(5|)"),
        ("idle_timeout", Operator::IdleTimeout { limit: TICK * 3 }, "ab--c-----|", "-------(!|)"),
        ("not_idle", Operator::IdleTimeout { limit: TICK * 3 }, "ab--c--|", "-------(3|)"),
    ]
}

/// Every operator, with what it should report.
pub(super) fn rows() -> impl Iterator<Item = (&'static str, Vec<(Command, Expected)>)> {
    table().into_iter().map(|(name, operator, source, output)| {
        let operation = Operation { operator, source: source.into(), tick: TICK };
        let events = events(output);
        let expected = Expected { events, any_order: false, operation: Some(operation.clone()) };
        (name, vec![(Command::Operators(operation), expected)])
    })
}

/// What happens on a timeline.
fn events(timeline: &str) -> Vec<(Duration, Event<String>)> {
    let timeline: Timeline = timeline.parse().unwrap_or_default();
    let event = |marble: &str| match marble {
        "|" => Event::End,
        marble => Event::Marble { marble: marble.into() },
    };
    timeline.marbles().map(|(tick, marble)| (at(tick), event(marble))).collect()
}

pub(super) fn at(tick: usize) -> Duration {
    TICK * u32::try_from(tick).unwrap_or(u32::MAX)
}

/// What holds even if every poll is late. Then a burst may collapse, so that other items come; but each comes in its order and no
/// earlier than it may after those before it, and neither the last item nor the end is lost.
pub(super) fn check(operation: &Operation<String>, seen: &[Seen]) -> Result<(), String> {
    let source: Timeline = operation.source.parse().unwrap_or_default();
    match operation.operator {
        Operator::Interval { period, .. } => {
            return requests::interval(&source, Duration::ZERO, period, seen);
        }
        Operator::IntervalAfter { delay, period, .. }
        | Operator::IntervalAt { delay, period, .. } => {
            return requests::interval(&source, delay, period, seen);
        }
        Operator::IdleTimeout { limit } => return requests::idle_timeout(&source, limit, seen),
        _ => {}
    }
    let mut rest = source.marbles().filter(|(_, marble)| *marble != "|").peekable();
    let operator = operation.operator;
    let mut given = 0_usize;
    // When the item before was given at the earliest.
    let mut before = None::<Duration>;
    for (index, (t_us, event)) in seen.iter().enumerate() {
        let wrong = |what: &str| Err(format!("`{}` {what}", said(event)));
        let is_last = index + 2 == seen.len();
        let due = match event {
            Event::End if index + 1 != seen.len() => return wrong("was reported before the last"),
            Event::End => end(operator, &source),
            Event::Marble { marble } if marble == "!" || *marble == ADDED.to_string() => {
                match (operator, before.unwrap_or_default()) {
                    (Operator::TimeoutEach { limit, .. }, before) => before + limit,
                    (Operator::KeepAlive { idle }, before) => before + idle,
                    _ => return wrong("was reported, and nothing adds it"),
                }
            }
            Event::Marble { marble } => {
                // Of a count any items will do, of the rest the very ones.
                let count = match operator {
                    Operator::FoldWithin { .. } => {
                        marble.trim_matches(['[', ']']).parse().unwrap_or(0)
                    }
                    Operator::ChunksWithin { .. } => {
                        marble.chars().filter(|it| it.is_alphabetic()).count()
                    }
                    _ => 1,
                };
                let first = rest.peek().map_or(Duration::ZERO, |(tick, _)| at(*tick));
                let mut arrived = None;
                let is_count = matches!(operator, Operator::FoldWithin { .. });
                for item in 0..count {
                    let wanted = marble.chars().filter(|it| it.is_alphabetic()).nth(item);
                    let is_it = |it: &str| is_count || it.chars().next() == wanted;
                    let found = if is_lossy(operator) {
                        rest.find(|(_, marble)| is_it(marble))
                    } else {
                        rest.next().filter(|(_, marble)| is_it(marble))
                    };
                    let Some((tick, _)) = found else { return wrong("was reported out of order") };
                    arrived = Some(at(tick));
                    given += 1;
                }
                let Some(arrived) = arrived else { return wrong("was reported, and is no item") };
                // What is held is given with the end, before its time.
                let held =
                    |due: Duration| if is_last { due.min(at(source.length() - 1)) } else { due };
                arrived.max(match (operator, before) {
                    (Operator::Debounce { quiet, at_most }, _) => {
                        let most = at_most.map_or(Duration::MAX, |at_most| first + at_most);
                        held(most.min(arrived + quiet))
                    }
                    (Operator::FoldWithin { window, most }, _)
                    | (Operator::ChunksWithin { most, window }, _)
                        if count < most =>
                    {
                        held(first + window)
                    }
                    (Operator::PaceBurst { delay, burst }, _) => {
                        let index = u32::try_from(index).unwrap_or(u32::MAX);
                        delay * (index + 1).saturating_sub(burst)
                    }
                    (Operator::Stall { delay }, _) => delay,
                    (Operator::Pace { delay, .. }, Some(before)) => before + delay,
                    (Operator::ThrottleLatest { period }, Some(before)) => held(before + period),
                    (Operator::ThrottleFirst { period }, Some(before)) => before + period,
                    (Operator::Sample { period }, _) => held(period),
                    _ => Duration::ZERO,
                })
            }
            _ => return wrong("was reported, and is no item"),
        };
        if *t_us < due.as_micros() {
            return wrong(&format!("came early: at {t_us} µs for {} µs", due.as_micros()));
        }
        before = Some(due);
    }
    if !matches!(seen.last(), Some((_, Event::End))) {
        return Err("`end` was not reported".into());
    }
    let must_be_over =
        !matches!(operator, Operator::TakeFor { .. } | Operator::ThrottleFirst { .. });
    match rest.next() {
        Some((_, lost)) if must_be_over => {
            Err(format!("`item {lost}` was lost, after {given} items"))
        }
        _ => Ok(()),
    }
}

/// Whether items are lost that others follow.
fn is_lossy(operator: Operator) -> bool {
    use Operator::{Debounce, Sample, ThrottleFirst, ThrottleLatest};
    matches!(
        operator,
        ThrottleLatest { .. } | ThrottleFirst { .. } | Sample { .. } | Debounce { .. }
    )
}

fn end(operator: Operator, source: &Timeline) -> Duration {
    let end = at(source.length() - 1);
    match operator {
        Operator::TakeFor { span } => end.min(span),
        _ => end,
    }
}

fn said(event: &Event<String>) -> String {
    match event {
        Event::Marble { marble } => format!("item {marble}"),
        _ => "end".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is wrong with an output, on a clock that may be late.
    fn checked(name: &str, change: impl FnOnce(&mut Vec<Seen>)) -> Result<(), String> {
        let (_, operator, source, output) =
            table().into_iter().find(|row| row.0 == name).expect("it is in the table");
        let operation = Operation { operator, source: source.into(), tick: TICK };
        let mut seen: Vec<Seen> =
            events(output).into_iter().map(|(due, event)| (due.as_micros(), event)).collect();
        change(&mut seen);
        check(&operation, &seen)
    }

    /// All resets, read at once after the end.
    fn late_resets() -> Vec<Seen> {
        let t_us = at(11).as_micros();
        vec![(t_us, item("3")), (t_us, Event::End)]
    }

    fn item(marble: &str) -> Event<String> {
        Event::Marble { marble: marble.into() }
    }

    #[test]
    fn what_is_due_is_right_and_may_be_late() {
        for (name, ..) in table() {
            assert_eq!(checked(name, |_| ()), Ok(()), "{name}");
            let late = |seen: &mut Vec<Seen>| {
                for (index, seen) in (1..).zip(seen) {
                    seen.0 += index * 1234;
                }
            };
            assert_eq!(checked(name, late), Ok(()), "{name}");
        }
    }

    #[test]
    fn what_is_early_is_found() {
        for (name, .., output) in table() {
            for index in 0..events(output).len() {
                let mut was_at_once = false;
                let early = |seen: &mut Vec<Seen>| {
                    was_at_once = seen[index].0 == 0;
                    seen[index].0 = seen[index].0.saturating_sub(1);
                };
                let found = checked(name, early);
                assert!(was_at_once || found.is_err(), "{name}: item {index} was early");
            }
        }
    }

    #[test]
    fn what_is_lost_or_wrong_is_found() {
        for (name, ..) in table() {
            let found = checked(name, |seen| drop(seen.pop()));
            assert!(found.is_err(), "{name}: no end");
            let found = checked(name, |seen| seen.insert(0, (0, item("z"))));
            assert!(found.is_err(), "{name}: an item of no source");
            let found = checked(name, |seen| seen.swap(0, 1));
            assert!(found.is_err(), "{name}: an order");
        }
        for name in ["pace", "debounce", "sample", "throttle_latest", "keep_alive", "timeout_each"]
        {
            let found = checked(name, |seen| drop(seen.remove(seen.len() - 2)));
            assert!(found.is_err_and(|it| it.contains("was lost")), "{name}");
        }
        for name in ["interval", "fixed_rate", "interval_after", "interval_at"] {
            let found = checked(name, |seen| drop(seen.remove(seen.len() - 2)));
            assert!(found.is_err_and(|it| it.contains("was lost")), "{name}");
            let found = checked(name, |seen| seen[1].1 = seen[0].1.clone());
            assert!(found.is_err_and(|it| it.contains("out of order")), "{name}");
        }
    }

    #[test]
    fn an_outcome_of_another_source_is_found() {
        for (name, other) in [("idle_timeout", "2"), ("not_idle", "!"), ("not_idle", "2")] {
            let found = checked(name, |seen| seen[0].1 = item(other));
            assert!(found.is_err(), "{name}: {other}");
        }
        // If all is late, the resets may win.
        assert_eq!(checked("idle_timeout", |seen| *seen = late_resets()), Ok(()));
    }
}
