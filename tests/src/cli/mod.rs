//! What a person sees of the programs.

mod args;
mod bench;
mod figures;
mod matrix;
mod output;
mod record;
mod refusal;
mod table;
mod units;
mod value;

use core::sync::atomic::{AtomicBool, Ordering};
use std::env;
use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Arc;

use anytempo_matrix::programs::Command;
use anytempo_matrix::runtimes::{Runtime, SharedSink};
use clap::Parser;

use crate::cli::args::{Args, Format, Job};
use crate::cli::output::Output;

/// All is well.
const RIGHT: u8 = 0;
/// A cell is wrong, a file could not be counted or written, or a program did not come to its end.
const WRONG: u8 = 1;
/// Somebody has ended it: what a shell says of a program that a ctrl-C has ended.
const INTERRUPTED: u8 = 130;
/// The arguments make no sense.
const MISUSED: u8 = 2;

pub(crate) fn main() -> ExitCode {
    run(env::args_os()).into()
}

fn run(args: impl IntoIterator<Item = OsString>) -> u8 {
    let args = match Args::try_parse_from(args) {
        Ok(args) => args,
        // What was asked for: the help, or the version.
        Err(error) if !error.use_stderr() => {
            return written(error.print()).err().unwrap_or(RIGHT);
        }
        Err(error) => {
            complain(&refusal::sentence(&error));
            return MISUSED;
        }
    };
    let Some(format) = args.format() else {
        complain("--format is there more than once; see anytempo --help");
        return MISUSED;
    };
    let runtimes = args.runtimes();
    match args.into_job() {
        Job::Bench(wanted) => bench::run(runtimes, format, &wanted),
        Job::BenchOne(told) => bench::one(&told),
        Job::Matrix(wanted) => matrix::run(&runtimes, format, &wanted),
        Job::Program(command) => programs(&command, &runtimes, format),
    }
}

/// Runs a program on one runtime after the other.
fn programs(command: &Command, runtimes: &[&'static Runtime], format: Format) -> u8 {
    let mut code = RIGHT;
    for runtime in runtimes {
        let failed = Arc::new(AtomicBool::new(false));
        let output = Output::new(runtime.name, format, failed.clone());
        if let Err(error) = runtime.run(command.clone(), SharedSink::new(output)) {
            complain(&format!("on {}: {error}", runtime.name));
            code = WRONG;
        }
        if failed.load(Ordering::Relaxed) {
            code = WRONG;
        }
    }
    code
}

/// Tells the person who runs the program, who may have closed the stream for it.
fn complain(sentence: &str) {
    let _ = writeln!(io::stderr(), "anytempo: {sentence}");
}

/// Whether there is any use in further output. If not, the error is the exit code that this amounts to by itself: nothing is
/// wrong if nobody wants more of it.
fn written(result: io::Result<()>) -> Result<(), u8> {
    match result {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(RIGHT),
        Err(error) => {
            complain(&format!("the output cannot be written: {error}"));
            Err(WRONG)
        }
    }
}
