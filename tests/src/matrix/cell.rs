use core::fmt;
use core::time::Duration;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Instant;

use crate::matrix::Row;
use crate::matrix::check::Seen;
use crate::programs::{Event, Sink};
use crate::runtimes::{Runtime, SharedSink};

/// A program on a runtime.
#[derive(Clone, Debug)]
pub struct Cell {
    /// The program.
    pub program: &'static str,
    /// The runtime.
    pub runtime: &'static str,
    /// How it went.
    pub outcome: Result<Timing, Failure>,
}

/// How long a program took.
#[derive(Clone, Copy, Debug)]
pub struct Timing {
    /// On the clock of the runtime.
    pub clock: Duration,
    /// In truth, with the start and the end of the runtime.
    pub real: Duration,
}

/// What is wrong with a cell.
#[derive(Clone, Debug)]
pub struct Failure(String);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl core::error::Error for Failure {}

impl Cell {
    /// Runs the program on a thread of its own and checks what it reports. Once it has taken longer than `limit`, it is
    /// left behind and the cell has failed.
    pub fn run(row: &Row, runtime: &'static Runtime, limit: Duration) -> Cell {
        let (sender, receiver) = channel();
        let runs = row.clone();
        let thread = thread::Builder::new().name(format!("{} on {}", row.program, runtime.name));
        let outcome = match thread.spawn(move || sender.send(run(runs, runtime))) {
            Ok(_) => receiver.recv_timeout(limit).unwrap_or_else(|error| {
                Err(match error {
                    RecvTimeoutError::Timeout => format!("it did not end within {limit:?}"),
                    RecvTimeoutError::Disconnected => "it panicked".into(),
                })
            }),
            Err(error) => Err(format!("no thread could be started: {error}")),
        };
        Cell { program: row.program, runtime: runtime.name, outcome: outcome.map_err(Failure) }
    }
}

fn run(row: Row, runtime: &Runtime) -> Result<Timing, String> {
    let start = Instant::now();
    let mut clock = Duration::ZERO;
    for (command, expected) in row.runs {
        let said = format!("{command:?}");
        let (sender, receiver) = channel();
        let ended = runtime.run(command, SharedSink::new(Collector(sender)));
        let seen: Vec<Seen> = receiver.try_iter().collect();
        let end = seen.last().map_or(0, |(t_us, _)| *t_us);
        ended
            .map_err(|error| error.to_string())
            .and_then(|()| expected.check(seen, runtime.exact))
            .map_err(|reason| format!("{reason} ({said})"))?;
        clock += Duration::from_micros(u64::try_from(end).unwrap_or(u64::MAX));
    }
    Ok(Timing { clock, real: start.elapsed() })
}

/// Keeps what is reported.
struct Collector(Sender<Seen>);

impl Sink for Collector {
    fn event(&mut self, t_us: u128, event: Event<&str>) {
        // Nobody is there to receive it only if the cell has been left behind.
        let _ = self.0.send((t_us, event.map(str::to_owned)));
    }
}

#[cfg(test)]
mod tests {
    use std::panic::resume_unwind;

    use super::*;
    use crate::matrix;
    use crate::programs::Command;
    use crate::runtimes::RunError;

    /// What is wrong with the countdown on a runtime that does this.
    fn wrong(run: fn(Command, SharedSink) -> Result<(), RunError>, limit: Duration) -> String {
        let runtime =
            Box::leak(Box::new(Runtime { name: "wrong", exact: false, run, promises: Vec::new }));
        let rows = Row::all().expect("files can be made");
        let cell = Cell::run(&rows[0], runtime, limit);
        cell.outcome.expect_err("the runtime is wrong").to_string()
    }

    #[test]
    fn a_runtime_that_does_nothing_is_found() {
        let reason = wrong(|_, _| Ok(()), matrix::LIMIT);
        assert!(reason.starts_with("`item 2` was not reported (Countdown"), "{reason}");
    }

    #[test]
    fn a_runtime_that_is_early_is_found() {
        let early = |_, mut sink: SharedSink| {
            for value in [2, 1, 0] {
                sink.event(0, Event::Item { value });
            }
            sink.event(0, Event::End);
            Ok(())
        };
        let reason = wrong(early, matrix::LIMIT);
        assert!(reason.starts_with("`item 1` came early: at 0 µs for 10000 µs"), "{reason}");
    }

    #[test]
    fn a_runtime_that_hangs_is_left_behind() {
        let hangs = |_, _| {
            loop {
                thread::park();
            }
        };
        let reason = wrong(hangs, Duration::from_millis(20));
        assert_eq!(reason, "it did not end within 20ms");
    }

    #[test]
    fn a_runtime_that_panics_is_found() {
        assert_eq!(wrong(|_, _| resume_unwind(Box::new(())), matrix::LIMIT), "it panicked");
    }

    #[test]
    fn every_cell_is_right() {
        for row in Row::all().expect("files can be made") {
            for runtime in &crate::runtimes::RUNTIMES {
                let cell = Cell::run(&row, runtime, matrix::LIMIT);
                let timing = cell.outcome.unwrap_or_else(|failure| {
                    panic!("{} on {}: {failure}", cell.program, cell.runtime)
                });
                assert!(timing.clock >= row.due(), "{} on {}", cell.program, cell.runtime);
            }
        }
    }
}
