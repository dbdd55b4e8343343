use core::num::NonZero;
use core::time::Duration;
use std::path::PathBuf;

use anytempo_matrix::bench::{CHILD, Part};
use anytempo_matrix::matrix::Partition;
use anytempo_matrix::programs::host::Command;
use anytempo_matrix::programs::{Body, Rate};
use anytempo_matrix::runtimes::{RUNTIMES, Runtime};
use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::{Parser, Subcommand};

use crate::cli::operators::Operators;
use crate::cli::refusal::Refusal;
use crate::cli::{list, specs, value};

/// Asynchronous time that runs anywhere: six small programs, each written once, on every runtime.
///
/// Without a program it runs the matrix: all of them, and every case of the suite, on all runtimes.
#[derive(Debug, Parser)]
#[command(name = "anytempo", version, disable_help_subcommand = true, after_help = EXAMPLES)]
pub(super) struct Args {
    #[command(subcommand)]
    program: Option<Program>,

    #[command(flatten)]
    common: Common,
}

/// What may stand before the program, and after it.
///
/// Not as a global argument: of those clap keeps what was said last, and drops the rest.
#[derive(Clone, Debug, Default, clap::Args)]
pub(super) struct Common {
    #[arg(
        long,
        value_name = "RUNTIME",
        value_delimiter = ',',
        value_parser = value::runtimes,
        help = value::runtimes_help(),
    )]
    on: Vec<Runtimes>,

    #[arg(long, value_name = "text|json", value_parser = value::format, help = value::format_help())]
    format: Option<Format>,
}

const EXAMPLES: &str = "Examples:
  anytempo                                       run the matrix
  anytempo matrix --only sleep:: --on smol       try some of its cases on one runtime
  anytempo matrix --partition 1/4 --json 1.json  run a quarter of it, on one of four machines
  anytempo merge 1.json 2.json 3.json 4.json     join the quarters
  anytempo bench --quick                         measure what timers cost here
  anytempo report matrix.json bench.json         show what they have written, on one HTML page
  anytempo operators debounce                    draw what a debounce does
  anytempo countdown 3 --delay 500ms             count down from 3, twice a second
  anytempo range 10 0 --step -2 --on virtual     count down from 10 in twos, in simulated time
  anytempo stall 1h --on virtual --format json   wait for an hour that takes no time
  anytempo lines src/*.rs                        count the lines of some files";

/// The runtimes that were chosen, and whether that was by name, and not as one of all.
pub(super) type Chosen = Vec<(&'static Runtime, bool)>;

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
    /// Run every program and every case of the suite on every runtime, and print how each of them went.
    Matrix(Matrix),
    /// Join the results of all parts of a matrix, which `matrix --partition M/N --json FILE` has written.
    Merge(Merge),
    /// Measure what timers cost on every runtime, with anytempo and written by hand.
    #[command(after_help = BENCH)]
    Bench(Bench),
    /// Make one HTML page of what the other commands have written: the matrix, the benchmark, operators, and costs.
    #[command(after_help = REPORT)]
    Report(Report),
    /// Draw what an operator on streams makes of a source, as two timelines, while it happens.
    #[command(after_help = specs::help())]
    Operators(Operators),
    /// One measurement, in a process of its own.
    #[command(name = CHILD, hide = true)]
    BenchOne { told: String },
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
        #[command(flatten)]
        common: Common,
    },
    /// Count from a number up to another, which is left out.
    #[command(override_usage = "anytempo range [OPTIONS] [START] <END>")]
    Range {
        #[command(flatten)]
        bounds: Bounds,
        /// From one number to the next; below zero to count down.
        #[arg(long, default_value = "1", value_name = "N", allow_hyphen_values = true, value_parser = value::step)]
        step: NonZero<i64>,
        /// The time between two numbers.
        #[arg(long, default_value = "0s", allow_hyphen_values = true, value_parser = value::duration)]
        delay: Duration,
        #[command(flatten)]
        common: Common,
    },
    /// Count from a number up to another, from the body of a generator.
    #[command(override_usage = "anytempo generate [OPTIONS] [START] <END>")]
    Generate {
        #[command(flatten)]
        bounds: Bounds,
        /// The time between two numbers.
        #[arg(long, default_value = "0s", allow_hyphen_values = true, value_parser = value::duration)]
        delay: Duration,
        #[command(flatten)]
        common: Common,
    },
    /// Enter a scope that makes whoever enters it wait.
    Stall {
        /// The time before the body of the scope begins.
        #[arg(allow_hyphen_values = true, value_parser = value::duration)]
        delay: Duration,
        #[command(flatten)]
        common: Common,
    },
    /// Leave a scope in one of four ways, and see it close what was used in it.
    Close {
        /// How its body ends.
        #[arg(long, default_value = "ok", value_name = "ok|error|cancel|panic", value_parser = value::body)]
        body: Body,
        #[command(flatten)]
        common: Common,
    },
    /// Count the newline bytes of many files at once.
    Lines {
        /// The files, or `-` for the standard input. Each is reported as it is done; what is not UTF-8 in its path is shown as �.
        #[arg(
            required_unless_present = "list",
            conflicts_with = "list",
            value_name = "FILE",
            value_parser = OsStringValueParser::new().map(PathBuf::from),
        )]
        files: Vec<PathBuf>,
        /// Count the files that are listed in this one, each path with a NUL after it; `-` for the standard input.
        #[arg(id = "list", long = "files0-from", value_name = "LIST")]
        list: Option<PathBuf>,
        #[command(flatten)]
        common: Common,
    },
}

/// Where to begin and to end. They are one argument, as clap would take the first of two for the one that may be missing.
#[derive(Clone, Debug, clap::Args)]
struct Bounds {
    /// The number before which to end; with two numbers, the first is the one to begin with, which is 0 otherwise.
    #[arg(
        required = true,
        num_args = 1..=2,
        value_name = "NUMBER",
        allow_negative_numbers = true,
        value_parser = value::number,
    )]
    bounds: Vec<i64>,
}

impl Bounds {
    fn both(&self) -> (i64, i64) {
        match *self.bounds {
            [start, end] => (start, end),
            [end] => (0, end),
            // There are one or two.
            _ => (0, 0),
        }
    }
}

/// The arguments of `matrix`.
#[derive(Clone, Debug, Default, clap::Args)]
pub(super) struct Matrix {
    /// Only what has this in its name, as in `sleep::never_early` or `programs::lines`.
    #[arg(long, value_name = "PATTERN")]
    pub(super) only: Option<String>,
    /// Also write it to a file, as JUnit XML.
    #[arg(long, value_name = "FILE")]
    pub(super) junit: Option<PathBuf>,
    /// Also write it to a file, as one JSON document.
    #[arg(long, value_name = "FILE")]
    pub(super) json: Option<PathBuf>,
    /// Only a part of it, such as 1/4 for the first of four. `merge` joins the files of `--json` of all parts.
    #[arg(long, value_name = "M/N", value_parser = value::partition)]
    pub(super) partition: Option<Partition>,
    #[command(flatten)]
    common: Common,
}

/// The arguments of `merge`.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Merge {
    /// The files that `matrix --partition M/N --json FILE` has written, one for each part, in any order.
    #[arg(required = true, value_name = "FILE", value_parser = OsStringValueParser::new().map(PathBuf::from))]
    pub(super) files: Vec<PathBuf>,
    /// Also write it to a file, as JUnit XML.
    #[arg(long, value_name = "FILE")]
    pub(super) junit: Option<PathBuf>,
    /// Also write it to a file, as one JSON document.
    #[arg(long, value_name = "FILE")]
    pub(super) json: Option<PathBuf>,
    #[command(flatten)]
    common: Common,
}

/// The arguments of `report`.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Report {
    /// The files that other commands have written as JSON, in the order of the page.
    #[arg(required = true, value_name = "FILE", value_parser = OsStringValueParser::new().map(PathBuf::from))]
    pub(super) files: Vec<PathBuf>,
    /// Where to write the page. A page that is there is replaced once the new one is complete.
    #[arg(long, value_name = "FILE", default_value = "report.html")]
    pub(super) html: PathBuf,
}

const REPORT: &str = "It reads what these write: `matrix --json`, `merge --json`, `bench --json`, `operators --format json`,
`./check.sh cost` (target/firmware/sizes.json and instructions.json) and `./check.sh perf` (tests/benches/target/perf.json).
Give the files of several machines to compare them. The page needs no network.

Examples:
  anytempo matrix --json matrix.json
  anytempo bench --quick --json bench.json
  anytempo report matrix.json bench.json --html report.html";

/// The arguments of `bench`.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Bench {
    #[arg(
        long,
        value_name = "PART",
        value_delimiter = ',',
        value_parser = value::part,
        help = value::parts_help(),
    )]
    pub(super) only: Vec<Part>,
    /// How many timers or countdowns there are at once: numbers such as 500, 10k or 1M [default: 1k,10k,100k,1M; quick:
    /// 1k,10k].
    #[arg(long, value_name = "N,...", value_delimiter = ',', value_parser = value::size)]
    pub(super) sizes: Vec<usize>,
    /// How often each is measured, with anytempo and by hand in turn [default: 2 to 9].
    #[arg(long, value_name = "N", value_parser = value::rounds)]
    pub(super) rounds: Option<u32>,
    /// Measure less, and less exactly, in under 30 s.
    #[arg(long)]
    pub(super) quick: bool,
    /// Also write all that was measured to a file, as one JSON document.
    #[arg(long, value_name = "FILE")]
    pub(super) json: Option<PathBuf>,
    #[command(flatten)]
    common: Common,
}

const BENCH: &str = "Each measurement has a process of its own. A ratio that is no further from 1.00 than the rounds are from one another is
no difference. Use a release build, on a machine that has nothing else to do.

Examples:
  anytempo bench --quick                              a first impression
  anytempo bench --on tokio,smol --only timers        compare two runtimes
  anytempo bench --only lines                         `anytempo lines` beside `wc -l`
  anytempo bench --json bench.json                    everything, in about 20 minutes";

/// What there is to do.
pub(super) enum Job {
    Bench(Bench),
    BenchOne(String),
    Matrix(Matrix),
    Merge(Merge),
    Operators(Operators),
    Report(Report),
    Program(Command),
}

impl Args {
    /// What was said after the program.
    fn after(&self) -> Option<&Common> {
        Some(match self.program.as_ref()? {
            Program::BenchOne { .. } | Program::Report(_) => return None,
            Program::Matrix(Matrix { common, .. })
            | Program::Merge(Merge { common, .. })
            | Program::Bench(Bench { common, .. })
            | Program::Operators(Operators { common, .. })
            | Program::Countdown { common, .. }
            | Program::Range { common, .. }
            | Program::Generate { common, .. }
            | Program::Stall { common, .. }
            | Program::Close { common, .. }
            | Program::Lines { common, .. } => common,
        })
    }

    /// How to print; `None` if that was said both before and after the program.
    pub(super) fn format(&self) -> Option<Format> {
        match (self.common.format, self.after().and_then(|common| common.format)) {
            (Some(_), Some(_)) => None,
            (before, after) => Some(before.or(after).unwrap_or(Format::Text)),
        }
    }

    /// Whether `--format` is there.
    pub(super) fn has_format(&self) -> bool {
        self.common.format.is_some() || self.after().is_some_and(|common| common.format.is_some())
    }

    /// Whether `--on` is there.
    pub(super) fn has_on(&self) -> bool {
        !self.common.on.is_empty() || self.after().is_some_and(|common| !common.on.is_empty())
    }

    /// The runtimes that were chosen, each once.
    pub(super) fn runtimes(&self) -> Chosen {
        let mut chosen = self.common.on.clone();
        chosen.extend(self.after().into_iter().flat_map(|common| &common.on));
        if chosen.is_empty() {
            chosen.push(match self.program {
                None | Some(Program::Matrix(_) | Program::Bench(_)) => RUNTIMES,
                Some(_) => &RUNTIMES[..1],
            });
        }
        let mut runtimes: Chosen = Vec::new();
        for some in chosen {
            let by_name = some.len() == 1;
            for runtime in some {
                match runtimes.iter_mut().find(|(known, _)| known.name == runtime.name) {
                    Some((_, known)) => *known |= by_name,
                    None => runtimes.push((runtime, by_name)),
                }
            }
        }
        runtimes
    }

    /// What is to be done. The error is that the list of files cannot be read.
    pub(super) fn into_job(self) -> Result<Job, Refusal> {
        Ok(Job::Program(match self.program {
            None => return Ok(Job::Matrix(Matrix::default())),
            Some(Program::Matrix(wanted)) => return Ok(Job::Matrix(wanted)),
            Some(Program::Merge(wanted)) => return Ok(Job::Merge(wanted)),
            Some(Program::Operators(wanted)) => return Ok(Job::Operators(wanted)),
            Some(Program::Bench(wanted)) => return Ok(Job::Bench(wanted)),
            Some(Program::Report(wanted)) => return Ok(Job::Report(wanted)),
            Some(Program::BenchOne { told }) => return Ok(Job::BenchOne(told)),
            Some(Program::Countdown { count, delay, rate, .. }) => {
                Command::Countdown { count, delay, rate }
            }
            Some(Program::Range { bounds, step, delay, .. }) => {
                let (start, end) = bounds.both();
                Command::Range { start, end, step, delay }
            }
            Some(Program::Generate { bounds, delay, .. }) => {
                let (start, end) = bounds.both();
                Command::Generate { start, end, delay }
            }
            Some(Program::Stall { delay, .. }) => Command::Stall { delay },
            Some(Program::Close { body, .. }) => Command::Close { body },
            Some(Program::Lines { files, list, .. }) => {
                Command::Lines { files: list.map_or(Ok(files), |list| list::read(&list))? }
            }
        }))
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
