use std::io::{self, Write};
use std::time::Instant;

use anytempo_conformance::harness::Verdict;
use anytempo_matrix::matrix::Plan;
use indicatif::{ProgressBar, ProgressStyle};

use crate::cli::args::{Chosen, Format, Matrix};
use crate::cli::record::{self, Line, Record};
use crate::cli::refusal::Refusal;
use crate::cli::table::Table;
use crate::cli::{RIGHT, WRONG, available, complain, written};

/// With a pattern, cases have a row each, if they are not more than fit on a screen.
const MOST_ROWS: usize = 40;

/// Runs what is wanted of the matrix on each of the runtimes.
pub(super) fn run(chosen: Chosen, format: Format, wanted: &Matrix) -> Result<u8, Refusal> {
    let pattern = wanted.only.as_deref().unwrap_or_default();
    let all: Vec<_> = chosen.iter().map(|(runtime, _)| *runtime).collect();
    let mut plan = Plan::new(&all, pattern).map_err(|error| {
        Refusal::wrong(format!("the files for the program `lines` cannot be made: {error}"))
    })?;
    if plan.steps().is_empty() {
        return Err(Refusal::misused(format!(
            "`{}` is in no name of a program or case; names are such as programs::lines and sleep::never_early",
            pattern.escape_debug()
        )));
    }
    // Now, as nobody wants to hear of a mistyped path when everything has run.
    let [mut junit, mut json] =
        Record::open([("--junit", wanted.junit.as_deref()), ("--json", wanted.json.as_deref())])?;
    let runtimes = available(chosen)?;
    plan.retain(|runtime| runtimes.iter().any(|it| it.name == runtime.name));
    let steps = plan.steps();

    let progress = progress(steps.len());
    let mut ahead = steps.iter();
    let mut show_next = || {
        if let Some((name, runtime)) = ahead.next() {
            progress.set_message(format!("{name} on {runtime}"));
        }
    };
    show_next();
    let start = Instant::now();
    // Whoever reads the output may go; the files are written all the same, and the exit code says what it should.
    let mut output = Ok(());
    let cells = plan.run(|cell| {
        if format == Format::Json && output.is_ok() {
            let mut out = io::stdout().lock();
            let line = serde_json::to_writer(&mut out, &Line::new(cell)).map_err(io::Error::from);
            output = written(line.and_then(|()| writeln!(out)));
        }
        progress.inc(1);
        show_next();
    });
    let took = start.elapsed();
    progress.finish_and_clear();

    let mut code = RIGHT;
    if cells.iter().any(|cell| matches!(cell.verdict, Verdict::Broken(_))) {
        code = WRONG;
    }
    let columns: Vec<&str> = runtimes.iter().map(|runtime| runtime.name).collect();
    let written_files = [
        junit.write(|out| record::junit(out, &cells, &columns, took)),
        json.write(|out| record::json(out, &cells)),
    ];
    if format == Format::Text {
        let mut names: Vec<_> = steps.iter().map(|(name, _)| name).collect();
        names.dedup();
        let cases = names.iter().filter(|name| !name.is_program()).count();
        let by_case = wanted.only.is_some() && cases <= MOST_ROWS;
        let table = Table { cells: &cells, runtimes: &columns, by_case, took };
        output = written(write!(io::stdout().lock(), "{table}"));
    }
    for sentence in written_files.into_iter().filter_map(Result::err) {
        complain(&sentence);
        code = WRONG;
    }
    Ok(code.max(output.err().unwrap_or(RIGHT)))
}

/// A bar on stderr, if that is a terminal.
fn progress(steps: usize) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len}  {msg}");
    let bar = ProgressBar::new(steps as u64);
    style.map_or(bar.clone(), |style| bar.with_style(style))
}
