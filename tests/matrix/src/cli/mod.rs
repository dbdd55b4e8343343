//! What a person sees of the programs.

mod args;
mod bench;
mod figures;
mod json;
mod list;
mod matrix;
mod merge;
mod operators;
mod output;
mod prepare;
mod progress;
mod record;
mod refusal;
mod report;
mod results;
mod specs;
mod summary;
mod table;
mod units;
mod value;

use core::sync::atomic::{AtomicBool, Ordering};
use core::time::Duration;
use std::env;
use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Arc;

use anytempo_matrix::programs::Body;
use anytempo_matrix::programs::host::Command;
use anytempo_matrix::runtimes::{Runtime, SharedSink, lacking};
use anytempo_matrix::stdio;
use anytempo_matrix::words::plain;
use clap::Parser;

use crate::cli::args::{Args, Chosen, Format, Job};
use crate::cli::output::Output;
use crate::cli::refusal::Refusal;

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
    begin(args).unwrap_or_else(|refusal| {
        complain(&refusal.sentence);
        refusal.code
    })
}

/// Each job checks its arguments before it asks for what is [`available`]: an error in them comes first and alone, whatever
/// is installed.
fn begin(args: impl IntoIterator<Item = OsString>) -> Result<u8, Refusal> {
    let args = match Args::try_parse_from(args) {
        Ok(args) => args,
        // What was asked for: the help, or the version.
        Err(error) if !error.use_stderr() => {
            let help = error.render().to_string();
            return Ok(written(stdio::Output.write_all(help.as_bytes())).err().unwrap_or(RIGHT));
        }
        Err(error) => return Err(Refusal::misused(refusal::sentence(&error))),
    };
    let Some(format) = args.format() else {
        return Err(Refusal::misused("--format is there more than once; see anytempo --help"));
    };
    let (chosen, has_on, has_format) = (args.runtimes(), args.has_on(), args.has_format());
    match args.into_job()? {
        Job::Bench(wanted) => bench::run(chosen, format, &wanted),
        Job::BenchOne(told) => Ok(bench::one(&told)),
        Job::Matrix(wanted) => matrix::run(chosen, format, &wanted),
        Job::Merge(_) if has_on => {
            Err(Refusal::misused("merge takes no --on; its files say which runtimes they have"))
        }
        Job::Merge(wanted) => merge::run(format, &wanted),
        Job::Report(_) if has_on || has_format => Err(Refusal::misused(
            "report takes no --on and no --format; it makes HTML of all that its files have",
        )),
        Job::Report(wanted) => report::run(&wanted),
        Job::Operators(wanted) => operators::run(chosen, format, &wanted),
        Job::Program(command) => programs(&command, chosen, format),
    }
}

/// The runtimes that this machine can run, and how long it took to build what runs on boards. One line names the other runtimes
/// and what they need. It is an error if one of them was chosen by name.
fn available(chosen: Chosen) -> Result<(Vec<&'static Runtime>, Option<Duration>), Refusal> {
    let by_name = chosen.iter().filter(|(_, by_name)| *by_name).map(|(runtime, _)| *runtime);
    if let Some(sentence) = lacking(by_name) {
        return Err(Refusal::wrong(sentence));
    }
    if let Some(sentence) = lacking(chosen.iter().map(|(runtime, _)| *runtime)) {
        complain(&sentence);
    }
    let chosen = chosen.into_iter().map(|(runtime, _)| runtime);
    let available: Vec<_> = chosen.filter(|runtime| runtime.lack().is_none()).collect();
    let built = prepare::boards(&available);
    Ok((available, built))
}

/// Runs a program on one runtime after the other.
fn programs(command: &Command, mut chosen: Chosen, format: Format) -> Result<u8, Refusal> {
    if command.reads_standard_input() {
        if let [(first, _), (second, _), ..] = chosen.as_slice() {
            let (first, second) = (first.name, second.name);
            return Err(Refusal::misused(format!(
                "the standard input can be read only once, and not on {first} and on {second}"
            )));
        }
        if let Some((board, _)) = chosen.iter().find(|(it, _)| it.is_board()) {
            return Err(Refusal::misused(format!("{} has no standard input", board.name)));
        }
    }
    let mut left_out = Vec::new();
    if matches!(command, Command::Close { body: Body::Panic }) {
        let cannot = "a board cannot unwind, so a panic there ends everything";
        if let Some((board, _)) = chosen.iter().find(|(it, by_name)| !it.unwinds() && *by_name) {
            let board = board.name;
            return Err(Refusal::misused(format!("--body panic cannot run on {board}: {cannot}")));
        }
        left_out.extend(chosen.extract_if(.., |(it, _)| !it.unwinds()).map(|(it, _)| it.name));
        if !left_out.is_empty() {
            complain(&format!("not run on {}: {cannot}", left_out.join(", ")));
        }
    }
    let (runtimes, _) = available(chosen)?;
    let mut code = RIGHT;
    // Of all runtimes: a reader of the output that leaves ends the process, whatever is running.
    let failed = Arc::new(AtomicBool::new(false));
    for runtime in runtimes {
        let output = Output::new(runtime.name, format, failed.clone());
        if let Err(error) = runtime.run(command.clone(), SharedSink::new(output)) {
            complain(&format!("on {}: {error}", runtime.name));
            failed.store(true, Ordering::Relaxed);
            code = code.max(if error.is_refusal() { MISUSED } else { WRONG });
        }
    }
    Ok(if failed.load(Ordering::Relaxed) { code.max(WRONG) } else { code })
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
            complain(&format!("the output cannot be written: {}", plain(&error)));
            Err(WRONG)
        }
    }
}
