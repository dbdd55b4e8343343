use std::io::{self, Write};
use std::time::{Instant, SystemTime};

use anytempo_conformance::harness::{Verdict, case_limit, junit};
use anytempo_matrix::matrix::{Cell, Partition, Plan};
use anytempo_matrix::runtimes::Runtime;
use anytempo_matrix::stdio;
use indicatif::{ProgressBar, ProgressStyle};

use crate::cli::args::{Chosen, Format, Matrix};
use crate::cli::record::Record;
use crate::cli::refusal::Refusal;
use crate::cli::results::{self, Line, Run};
use crate::cli::summary::Took;
use crate::cli::table::Table;
use crate::cli::{RIGHT, WRONG, available, complain, json, written};

/// With a pattern, cases have a row each, if they are not more than fit on a screen.
const MOST_ROWS: usize = 40;

/// Runs the chosen programs and cases on each of the runtimes.
pub(super) fn run(chosen: Chosen, format: Format, wanted: &Matrix) -> Result<u8, Refusal> {
    case_limit().map_err(Refusal::misused)?;
    let pattern = wanted.only.as_deref().unwrap_or_default();
    let all: Vec<_> = chosen.iter().map(|(runtime, _)| *runtime).collect();
    let mut plan = Plan::new(&all, pattern).map_err(Refusal::no_files)?;
    if plan.steps().is_empty() {
        return Err(Refusal::misused(format!(
            "`{}` is in no name of a program or case; names are such as programs::lines and sleep::never_early",
            pattern.escape_debug()
        )));
    }
    // Now, as nobody wants to hear of a mistyped path when everything has run.
    let [mut junit, mut json] =
        Record::open([("--junit", wanted.junit.as_deref()), ("--json", wanted.json.as_deref())])?;
    let (runtimes, built) = available(chosen)?;
    let is_available = |it: &Runtime| runtimes.iter().any(|runtime| runtime.name == it.name);
    let partition = wanted.partition.unwrap_or(Partition::WHOLE);
    // First, so that the parts do not depend on what a machine can run.
    plan.take_part(partition);
    plan.retain(is_available);
    let workers = plan.workers().map_err(|error| Refusal::wrong(error.to_string()))?;
    let steps = plan.steps();

    let progress = progress(steps.len());
    let mut ahead = steps.iter();
    let mut show_next = || {
        if let Some(step) = ahead.next() {
            progress.set_message(format!("{} on {}", step.name, step.runtime));
        }
    };
    show_next();
    let (started, start) = (SystemTime::now(), Instant::now());
    // The reader of the output may leave. The files are still written, and the exit code stays right.
    let mut output = Ok(());
    let cells = plan.run(workers, |cell| {
        if format == Format::Json {
            streamed(&mut output, |out| {
                json::write(&mut *out, &Line::new(cell))?;
                writeln!(out)
            });
        }
        progress.inc(1);
        show_next();
    });
    let took = Took { built, ran: start.elapsed() };
    progress.finish_and_clear();

    let mut code = RIGHT;
    if cells.iter().any(|cell| matches!(cell.verdict, Verdict::Broken(_))) {
        code = WRONG;
    }
    let names = |runtimes: &[&Runtime]| runtimes.iter().map(|it| it.name.to_owned()).collect();
    let left_out: Vec<_> = all.iter().copied().filter(|it| !is_available(it)).collect();
    let run = Run {
        anytempo: env!("CARGO_PKG_VERSION").into(),
        on: names(&all),
        only: pattern.into(),
        partition,
        left_out: names(&left_out),
        started,
        host: junit::host(),
        took_us: results::micros(took.ran),
    };
    let written_files = [
        junit.write(|out| results::junit(out, &[(&run, &cells)])),
        json.write(|out| results::json(out, &run, &cells)),
    ];
    if format == Format::Text {
        let columns: Vec<&str> = runtimes.iter().map(|runtime| runtime.name).collect();
        report(&mut output, &cells, &columns, wanted.only.is_some(), took);
    }
    for sentence in written_files.into_iter().filter_map(Result::err) {
        complain(&sentence);
        code = WRONG;
    }
    Ok(code.max(output.err().unwrap_or(RIGHT)))
}

/// Writes to the standard output, unless an earlier write has failed. An error is an exit code, as [`written`] has it.
pub(super) fn streamed(
    output: &mut Result<(), u8>,
    write: impl FnOnce(&mut Vec<u8>) -> io::Result<()>,
) {
    if output.is_ok() {
        let mut text = Vec::new();
        let made = write(&mut text);
        *output = written(made.and_then(|()| stdio::Output.write_all(&text)));
    }
}

/// Prints all cells as tables. With a pattern, a case has a row of its own.
pub(super) fn report(
    output: &mut Result<(), u8>,
    cells: &[Cell],
    runtimes: &[&str],
    has_pattern: bool,
    took: Took,
) {
    let mut names: Vec<_> = cells.iter().map(|cell| cell.name).collect();
    names.dedup();
    let cases = names.iter().filter(|name| !name.is_program()).count();
    let by_case = has_pattern && cases <= MOST_ROWS;
    let table = Table { cells, runtimes, by_case, took };
    streamed(output, |out| write!(out, "{table}"));
}

/// A bar on stderr, if that is a terminal.
fn progress(steps: usize) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len}  {msg}");
    let bar = ProgressBar::new(steps as u64);
    style.map_or(bar.clone(), |style| bar.with_style(style))
}
