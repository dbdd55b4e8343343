use core::fmt;
use core::time::Duration;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Instant;

use crate::matrix::check::Seen;
use crate::matrix::row::Row;
use crate::programs::host::Command;
use crate::programs::{Body, Event, Sink};
use crate::runtimes::{RUNTIMES, Runtime, SharedSink};
use crate::words::plain;
use anytempo_conformance::harness::{Promise, Tried, Verdict, caught, serve};

/// The group of the six programs, beside those of the cases.
pub const PROGRAMS: &str = "programs";

/// The group of the operators, which are programs too.
pub const OPERATORS: &str = "operators";

/// What a program or a case is called, in full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Name {
    /// [`PROGRAMS`], [`OPERATORS`], or what the case is about.
    pub group: &'static str,
    /// The program, or the promise in few words.
    pub name: &'static str,
}

impl Name {
    /// Whether it is a program, and not a case.
    pub fn is_program(&self) -> bool {
        [PROGRAMS, OPERATORS].contains(&self.group)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}::{}", self.group, self.name)
    }
}

/// A program or a case on a runtime, after it has run.
#[derive(Clone, Debug)]
pub struct Cell {
    /// The program or the case.
    pub name: Name,
    /// The runtime.
    pub runtime: &'static str,
    /// How it went. A program that is right counts as kept.
    pub verdict: Verdict,
    /// How long a program takes where nothing is late. Zero for a case.
    pub due: Duration,
    /// How long a program took on the clock of the runtime, if it is right.
    pub clock: Option<Duration>,
    /// How long it took in truth, with the start and the end of the runtime.
    pub real: Duration,
}

impl Cell {
    /// Runs a program on a thread of its own and checks what it reports. Once it has taken longer than `limit`, it is
    /// left behind and the cell has failed.
    pub(super) fn program(row: &Row, runtime: &'static Runtime, limit: Duration) -> Cell {
        let start = Instant::now();
        let (sender, receiver) = channel();
        let runs = row.clone();
        let thread = thread::Builder::new().name(format!("{} on {}", row.program, runtime.name));
        let outcome = match thread
            .spawn(move || sender.send(caught(|| run(runs, runtime)).and_then(|it| it)))
        {
            Ok(_) => receiver.recv_timeout(limit).unwrap_or_else(|error| {
                Err(match error {
                    RecvTimeoutError::Timeout => format!("it did not end within {limit:?}"),
                    RecvTimeoutError::Disconnected => "its thread ended before it did".into(),
                })
            }),
            Err(error) => Err(format!("no thread can be started: {}", plain(&error))),
        };
        let (verdict, clock) = match outcome {
            Ok(clock) => (Verdict::Kept, Some(clock)),
            Err(reason) => (Verdict::Broken(reason), None),
        };
        let real = start.elapsed();
        Cell { name: row.name(), runtime: runtime.name, verdict, due: row.due(), clock, real }
    }

    /// Tries a case, in a process and with a limit that the harness has for it.
    pub(super) fn case(promise: &Promise, runtime: &'static Runtime) -> Cell {
        let name = Name { group: promise.group, name: promise.name };
        let Tried { verdict, took: real, .. } = promise.tried(runtime.name);
        Cell { name, runtime: runtime.name, verdict, due: Duration::ZERO, clock: None, real }
    }
}

/// Lets each case of a runtime of this host run in a process of its own; to be called first in `main`.
pub fn serve_cases() {
    serve(|title| {
        let hosts = RUNTIMES.iter().filter(|runtime| !runtime.is_board());
        let runtime =
            hosts.filter(|it| title.split_once("::").is_some_and(|(name, _)| name == it.name));
        runtime
            .flat_map(|it| it.promises().into_iter().map(|promise| (it.name.to_owned(), promise)))
            .collect()
    });
}

/// How long it took on the clock of the runtime, or what is wrong.
fn run(row: Row, runtime: &Runtime) -> Result<Duration, String> {
    let mut clock = Duration::ZERO;
    for (command, expected) in row.runs {
        let said = format!("{command:?}");
        let must_unwind = matches!(command, Command::Close { body: Body::Panic });
        let (sender, receiver) = channel();
        let ended = runtime.run(command, SharedSink::new(Collector(sender)));
        let seen: Vec<Seen> = receiver.try_iter().collect();
        if must_unwind && !runtime.unwinds() {
            match ended {
                Err(error) if error.is_refusal() && seen.is_empty() => continue,
                _ => return Err(format!("it was not refused, but nothing can unwind ({said})")),
            }
        }
        let end = seen.last().map_or(0, |(t_us, _)| *t_us);
        ended
            .map_err(|error| error.to_string())
            .and_then(|()| expected.check(seen, runtime.exact))
            .map_err(|reason| format!("{reason} ({said})"))?;
        clock += Duration::from_micros(u64::try_from(end).unwrap_or(u64::MAX));
    }
    Ok(clock)
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
    use crate::matrix::plan::LIMIT;
    use crate::runtimes::RunError;

    /// What is wrong with the countdown on a runtime that does this.
    fn wrong(run: fn(Command, SharedSink) -> Result<(), RunError>, limit: Duration) -> String {
        let runtime = Box::leak(Box::new(Runtime {
            name: "wrong",
            exact: false,
            run,
            promises: Vec::new,
            ..RUNTIMES[0]
        }));
        let rows = Row::all().expect("files can be made");
        match Cell::program(&rows[0], runtime, limit).verdict {
            Verdict::Broken(reason) => reason,
            verdict => panic!("the runtime is wrong, but the program is {verdict:?}"),
        }
    }

    #[test]
    fn a_runtime_that_does_nothing_is_found() {
        let reason = wrong(|_, _| Ok(()), LIMIT);
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
        let reason = wrong(early, LIMIT);
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
        let panics = |_, _| resume_unwind(Box::new("the wheel came off"));
        assert_eq!(wrong(panics, LIMIT), "it panicked: the wheel came off");
    }
}
