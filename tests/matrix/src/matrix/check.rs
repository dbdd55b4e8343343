use core::fmt;
use core::time::Duration;

use crate::matrix::operators;
use crate::programs::{Event, Operation, Outcome};

/// An event, and when it happened, in microseconds.
pub(super) type Seen = (u128, Event<String>);

/// What a program should report.
#[derive(Clone, Debug)]
pub(super) struct Expected {
    /// The events, each with the time at which it is due.
    pub(super) events: Vec<(Duration, Event<String>)>,
    /// Whether all but the last may come in any order.
    pub(super) any_order: bool,
    /// What an operator is applied to. If the clock may be late, what comes out depends on how late it is.
    pub(super) operation: Option<Operation<String>>,
}

impl Expected {
    /// When the last event is due.
    pub(super) fn end(&self) -> Duration {
        self.events.last().map_or(Duration::ZERO, |(due, _)| *due)
    }

    /// Holds what was seen to this; on a clock that is exact nothing may be late either. The error says what is wrong.
    pub(super) fn check(mut self, mut seen: Vec<Seen>, exact: bool) -> Result<(), String> {
        if let Some(index) = seen.windows(2).position(|pair| pair[0].0 > pair[1].0) {
            let [(before, _), (after, event)] = &seen[index..index + 2] else { return Ok(()) };
            return Err(format!(
                "time went back from {before} µs to {after} µs, at `{}`",
                Said(event)
            ));
        }
        if let Some(operation) = self.operation.as_ref().filter(|_| !exact) {
            return operators::check(operation, &seen);
        }
        if self.any_order {
            but_last(&mut self.events).sort_by(|a, b| a.1.cmp(&b.1));
            but_last(&mut seen).sort_by(|a, b| a.1.cmp(&b.1));
        }
        for ((due, expected), (t_us, event)) in self.events.iter().zip(&seen) {
            if expected != event {
                return Err(format!("`{}` was reported for `{}`", Said(event), Said(expected)));
            }
            let due = due.as_micros();
            if *t_us < due {
                return Err(format!("`{}` came early: at {t_us} µs for {due} µs", Said(event)));
            }
            if exact && *t_us > due {
                return Err(format!("`{}` came late: at {t_us} µs for {due} µs", Said(event)));
            }
        }
        if let Some((_, missing)) = self.events.get(seen.len()) {
            return Err(format!("`{}` was not reported", Said(missing)));
        }
        if let Some((_, surplus)) = seen.get(self.events.len()) {
            return Err(format!("`{}` was reported after the end", Said(surplus)));
        }
        Ok(())
    }
}

fn but_last<T>(items: &mut [T]) -> &mut [T] {
    items.split_last_mut().map_or(&mut [], |(_, rest)| rest)
}

/// An event in words.
struct Said<'a>(&'a Event<String>);

impl fmt::Display for Said<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Event::Item { value } => write!(f, "item {value}"),
            Event::Marble { marble } => write!(f, "item {marble}"),
            Event::End => f.write_str("end"),
            Event::Enter => f.write_str("enter"),
            Event::Close => f.write_str("close"),
            Event::Exit { outcome } => {
                write!(f, "exit {}", outcome.map_or("", Outcome::name))
            }
            Event::File { path, newlines } => write!(f, "file {path}: {newlines}"),
            Event::Error { path, message } => write!(f, "error {path}: {message}"),
            Event::Total { newlines } => write!(f, "total {newlines}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEP: Duration = Duration::from_millis(1);

    fn item(value: i64) -> Event<String> {
        Event::Item { value }
    }

    fn expected() -> Expected {
        let events = vec![(Duration::ZERO, item(1)), (STEP, item(0)), (STEP, Event::End)];
        Expected { events, any_order: false, operation: None }
    }

    #[track_caller]
    fn wrong(expected: Expected, seen: &[Seen], exact: bool) -> String {
        expected.check(seen.to_vec(), exact).expect_err("something is wrong")
    }

    #[test]
    fn what_should_be_is_right() {
        let due = vec![(0, item(1)), (1000, item(0)), (1000, Event::End)];
        assert_eq!(expected().check(due.clone(), true), Ok(()));
        assert_eq!(expected().check(due, false), Ok(()));
        let late = vec![(700, item(1)), (5000, item(0)), (5001, Event::End)];
        assert_eq!(expected().check(late, false), Ok(()));
    }

    #[test]
    fn a_wrong_event_is_found() {
        let seen = [(0, item(1)), (1000, item(7)), (1000, Event::End)];
        assert_eq!(wrong(expected(), &seen, false), "`item 7` was reported for `item 0`");
        let seen = [(0, item(1)), (1000, Event::End)];
        assert_eq!(wrong(expected(), &seen, false), "`end` was reported for `item 0`");
    }

    #[test]
    fn an_early_event_is_found() {
        let seen = [(0, item(1)), (999, item(0)), (1000, Event::End)];
        assert_eq!(wrong(expected(), &seen, false), "`item 0` came early: at 999 µs for 1000 µs");
    }

    #[test]
    fn a_late_event_is_found_on_an_exact_clock() {
        let seen = [(0, item(1)), (1001, item(0)), (1001, Event::End)];
        assert_eq!(wrong(expected(), &seen, true), "`item 0` came late: at 1001 µs for 1000 µs");
    }

    #[test]
    fn a_missing_event_is_found() {
        let seen = [(0, item(1)), (1000, item(0))];
        assert_eq!(wrong(expected(), &seen, false), "`end` was not reported");
        assert_eq!(wrong(expected(), &[], false), "`item 1` was not reported");
    }

    #[test]
    fn a_surplus_event_is_found() {
        let seen = [(0, item(1)), (1000, item(0)), (1000, Event::End), (1000, Event::End)];
        assert_eq!(wrong(expected(), &seen, false), "`end` was reported after the end");
    }

    #[test]
    fn time_that_goes_back_is_found() {
        let seen = [(2500, item(1)), (2400, item(0)), (2500, Event::End)];
        assert_eq!(
            wrong(expected(), &seen, false),
            "time went back from 2500 µs to 2400 µs, at `item 0`"
        );
    }

    #[test]
    fn the_order_is_free_only_up_to_the_last() {
        let free = || Expected { any_order: true, ..expected() };
        let seen = vec![(1000, item(0)), (1000, item(1)), (1000, Event::End)];
        assert_eq!(free().check(seen, false), Ok(()));
        let seen = [(1000, item(0)), (1000, Event::End), (1000, item(1))];
        assert_eq!(wrong(free(), &seen, false), "`end` was reported for `item 1`");
    }
}
