use core::num::NonZero;
use core::time::Duration;
use std::path::PathBuf;

use anytempo_matrix::programs::{Body, Command, Rate};
use anytempo_matrix::runtimes::{RUNTIMES, Runtime};
use clap::{Parser, Subcommand};

use crate::cli::value;

/// Asynchronous time that runs anywhere: six small programs, each written once, on every runtime.
///
/// Without a program it runs all of them on all runtimes, checks what they report and when, and prints a table.
#[derive(Debug, Parser)]
#[command(name = "anytempo", version, disable_help_subcommand = true, after_help = EXAMPLES)]
pub(super) struct Args {
    #[command(subcommand)]
    program: Option<Program>,

    #[arg(
        long,
        global = true,
        value_name = "RUNTIME",
        value_delimiter = ',',
        value_parser = value::runtimes,
        help = value::runtimes_help(),
    )]
    on: Vec<Runtimes>,

    /// How to print what happens.
    #[arg(long, global = true, default_value = "text", value_name = "text|json", value_parser = value::format)]
    format: Format,
}

const EXAMPLES: &str = "Examples:
  anytempo                                       run the matrix
  anytempo countdown 3 --delay 500ms             count down from 3, twice a second
  anytempo range 10 0 --step -2 --on virtual     count down from 10 in twos, in simulated time
  anytempo stall 1h --on virtual --format json   wait for an hour that takes no time
  anytempo lines src/*.rs                        count the lines of some files";

/// One of the choices for `--on`.
pub(super) type Runtimes = &'static [Runtime];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// For people.
    Text,
    /// One object a line.
    Json,
}

#[derive(Clone, Debug, Subcommand)]
enum Program {
    /// Run every program on every runtime, and check what it reports and when.
    Matrix,
    /// Count down to 0: the first number at once, each later one after a delay.
    Countdown {
        /// The number to begin with.
        #[arg(allow_hyphen_values = true, value_parser = value::count)]
        count: u32,
        /// The time between two numbers.
        #[arg(long, default_value = "1s", allow_hyphen_values = true, value_parser = value::duration)]
        delay: Duration,
        /// What the delay counts from: when a number is asked for, or when the one before it was due.
        #[arg(long, default_value = "delay", value_name = "delay|fixed", value_parser = value::rate)]
        rate: Rate,
    },
    /// Count from a number up to another, which is left out.
    #[command(allow_missing_positional = true)]
    Range {
        /// The number to begin with [default: 0].
        #[arg(allow_negative_numbers = true, value_parser = value::number)]
        start: Option<i64>,
        /// The number before which to end.
        #[arg(allow_negative_numbers = true, value_parser = value::number)]
        end: i64,
        /// From one number to the next; below zero to count down.
        #[arg(long, default_value = "1", value_name = "N", allow_hyphen_values = true, value_parser = value::step)]
        step: NonZero<i64>,
        /// The time between two numbers.
        #[arg(long, default_value = "0s", allow_hyphen_values = true, value_parser = value::duration)]
        delay: Duration,
    },
    /// Count from a number up to another, from the body of a generator.
    #[command(allow_missing_positional = true)]
    Generate {
        /// The number to begin with [default: 0].
        #[arg(allow_negative_numbers = true, value_parser = value::number)]
        start: Option<i64>,
        /// The number before which to end.
        #[arg(allow_negative_numbers = true, value_parser = value::number)]
        end: i64,
        /// The time between two numbers.
        #[arg(long, default_value = "0s", allow_hyphen_values = true, value_parser = value::duration)]
        delay: Duration,
    },
    /// Enter a scope that makes whoever enters it wait.
    Stall {
        /// The time before the body of the scope begins.
        #[arg(allow_hyphen_values = true, value_parser = value::duration)]
        delay: Duration,
    },
    /// Leave a scope in one of four ways, and see it close what was used in it.
    Close {
        /// How its body ends.
        #[arg(long, default_value = "ok", value_name = "ok|error|cancel|panic", value_parser = value::body)]
        body: Body,
    },
    /// Count the newline bytes of many files at once.
    Lines {
        /// The files. Each is reported as it is done; what is not UTF-8 in its path is shown as �.
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
}

/// What there is to do.
pub(super) enum Job {
    Matrix,
    Program(Command),
}

impl Args {
    pub(super) fn format(&self) -> Format {
        self.format
    }

    /// The runtimes that were chosen, each once.
    pub(super) fn runtimes(&self) -> Vec<&'static Runtime> {
        let chosen: &[Runtimes] = match (self.on.as_slice(), &self.program) {
            ([], None | Some(Program::Matrix)) => &[&RUNTIMES],
            ([], Some(_)) => &[&RUNTIMES.as_slice()[..1]],
            (chosen, _) => chosen,
        };
        let mut runtimes: Vec<&Runtime> = Vec::new();
        for runtime in chosen.iter().copied().flatten() {
            if !runtimes.iter().any(|known| known.name == runtime.name) {
                runtimes.push(runtime);
            }
        }
        runtimes
    }

    pub(super) fn into_job(self) -> Job {
        Job::Program(match self.program {
            None | Some(Program::Matrix) => return Job::Matrix,
            Some(Program::Countdown { count, delay, rate }) => {
                Command::Countdown { count, delay, rate }
            }
            Some(Program::Range { start, end, step, delay }) => {
                Command::Range { start: start.unwrap_or(0), end, step, delay }
            }
            Some(Program::Generate { start, end, delay }) => {
                Command::Generate { start: start.unwrap_or(0), end, delay }
            }
            Some(Program::Stall { delay }) => Command::Stall { delay },
            Some(Program::Close { body }) => Command::Close { body },
            Some(Program::Lines { files }) => Command::Lines { paths: files },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn arguments_are_consistent() {
        Args::command().debug_assert();
    }
}
