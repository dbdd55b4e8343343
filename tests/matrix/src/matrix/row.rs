use core::num::NonZero;
use core::time::Duration;
use std::io;

use crate::matrix::cell::{Name, OPERATORS, PROGRAMS};
use crate::matrix::check::Expected;
use crate::matrix::operators;
use crate::matrix::tree::Tree;
use crate::programs::host::Command;
use crate::programs::{self, Body, Event, Outcome, Rate};

/// The time between two items, or before a body: long for a processor, short for a person.
const DELAY: Duration = Duration::from_millis(10);

/// A program, with what it is run with and what it should report.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) program: &'static str,
    pub(super) runs: Vec<(Command, Expected)>,
    /// The files that the commands name, for as long as the row lives.
    _tree: Option<Tree>,
}

impl Row {
    /// All programs. The error is that the files to count cannot be made.
    pub(super) fn all() -> io::Result<Vec<Row>> {
        let tree = Tree::new()?;
        let lines = vec![tree.run()];
        let row = |program, runs| Row { program, runs, _tree: None };
        let mut rows = vec![
            row("countdown", countdown()),
            row("range", range()),
            row("generate", generate()),
            row("stall", stall()),
            row("close", close()),
            Row { program: "lines", runs: lines, _tree: Some(tree) },
        ];
        rows.extend(operators::rows().map(|(program, runs)| row(program, runs)));
        Ok(rows)
    }

    pub(super) fn name(&self) -> Name {
        let is_operator = self.runs.iter().any(|(it, _)| matches!(it, Command::Operators(_)));
        Name { group: if is_operator { OPERATORS } else { PROGRAMS }, name: self.program }
    }

    /// Whether it needs a heap, which boards do not have.
    pub(super) fn needs_host(&self) -> bool {
        self.runs.iter().any(|(command, _)| command.allocates())
    }

    /// How long the program takes where nothing is late.
    pub(super) fn due(&self) -> Duration {
        self.runs.iter().map(|(_, expected)| expected.end()).sum()
    }
}

fn countdown() -> Vec<(Command, Expected)> {
    let run = |count, delay, rate| {
        let expected = items((0..=i64::from(count)).rev(), delay);
        (Command::Countdown { count, delay, rate }, expected)
    };
    vec![
        run(2, DELAY, Rate::Delay),
        run(3, DELAY, Rate::Fixed),
        run(0, DELAY, Rate::Delay),
        run(5, Duration::ZERO, Rate::Delay),
    ]
}

fn range() -> Vec<(Command, Expected)> {
    let run = |start, end, step, delay, values: &[i64]| {
        let step = NonZero::new(step)?;
        Some((Command::Range { start, end, step, delay }, items(values.iter().copied(), delay)))
    };
    [
        run(0, 3, 1, DELAY, &[0, 1, 2]),
        run(2, 9, 3, DELAY, &[2, 5, 8]),
        run(2, -3, -2, Duration::ZERO, &[2, 0, -2]),
        run(5, 2, 1, DELAY, &[]),
        run(i64::MIN, i64::MAX, i64::MAX, Duration::ZERO, &[i64::MIN, -1, i64::MAX - 1]),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn generate() -> Vec<(Command, Expected)> {
    let run =
        |start, end, delay| (Command::Generate { start, end, delay }, items(start..end, delay));
    vec![run(2, 5, DELAY), run(i64::MAX - 2, i64::MAX, Duration::ZERO), run(5, 2, DELAY)]
}

fn stall() -> Vec<(Command, Expected)> {
    let run = |delay| {
        (Command::Stall { delay }, after(delay, [Event::Enter, Event::Exit { outcome: None }]))
    };
    vec![run(DELAY * 2), run(Duration::ZERO)]
}

fn close() -> Vec<(Command, Expected)> {
    let run = |body, outcome, left| {
        let mut expected = after(left, [Event::Close, Event::Exit { outcome: Some(outcome) }]);
        expected.events.insert(0, (Duration::ZERO, Event::Enter));
        (Command::Close { body }, expected)
    };
    vec![
        run(Body::Ok, Outcome::Ok, Duration::ZERO),
        run(Body::Error, Outcome::Error, Duration::ZERO),
        run(Body::Cancel, Outcome::Cancelled, programs::LIMIT),
        run(Body::Panic, Outcome::Panicked, Duration::ZERO),
    ]
}

/// The items of a stream: the first at once, each later one after a delay, and then the end with no further wait.
fn items(values: impl Iterator<Item = i64>, delay: Duration) -> Expected {
    let mut events = Vec::new();
    let mut due = Duration::ZERO;
    for value in values {
        if !events.is_empty() {
            due += delay;
        }
        events.push((due, Event::Item { value }));
    }
    events.push((due, Event::End));
    Expected { events, any_order: false, operation: None }
}

fn after<const N: usize>(delay: Duration, events: [Event<String>; N]) -> Expected {
    let events = events.into_iter().map(|event| (delay, event)).collect();
    Expected { events, any_order: false, operation: None }
}
