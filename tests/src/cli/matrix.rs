use core::time::Duration;
use std::io::{self, Write};

use anytempo_matrix::matrix::{Cell, LIMIT, Row};
use anytempo_matrix::runtimes::Runtime;
use comfy_table::{CellAlignment, Table, presets};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use crate::cli::args::Format;
use crate::cli::{RIGHT, WRONG, complain, written};

/// Runs every program on each of the runtimes, one after the other, so that no cell makes another one late.
pub(super) fn run(runtimes: &[&'static Runtime], format: Format) -> u8 {
    let rows = match Row::all() {
        Ok(rows) => rows,
        Err(error) => {
            complain(&format!("the files for the program `lines` cannot be made: {error}"));
            return WRONG;
        }
    };
    let progress = progress(rows.len() * runtimes.len());
    let mut cells = Vec::new();
    for row in &rows {
        for runtime in runtimes {
            progress.set_message(format!("{} on {}", row.program, runtime.name));
            let cell = Cell::run(row, runtime, LIMIT);
            if format == Format::Json {
                written(print_line(&cell));
            }
            cells.push(cell);
            progress.inc(1);
        }
    }
    progress.finish_and_clear();
    if format == Format::Text {
        written(print_table(&rows, runtimes, &cells));
    }
    if cells.iter().all(|cell| cell.outcome.is_ok()) { RIGHT } else { WRONG }
}

/// A bar on stderr, if that is a terminal.
fn progress(cells: usize) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len}  {msg}");
    let bar = ProgressBar::new(cells as u64);
    style.map_or(bar.clone(), |style| bar.with_style(style))
}

fn print_table(rows: &[Row], runtimes: &[&Runtime], cells: &[Cell]) -> io::Result<()> {
    let mut table = Table::new();
    table.load_preset(presets::ASCII_MARKDOWN);
    let names = runtimes.iter().map(|runtime| runtime.name.to_owned());
    table.set_header(["program".to_owned(), "due".to_owned()].into_iter().chain(names));
    for (row, cells) in rows.iter().zip(cells.chunks(runtimes.len())) {
        let outcomes = cells.iter().map(|cell| match &cell.outcome {
            Ok(timing) => format!("✓ {}", milliseconds(timing.clock)),
            Err(_) => "✗ FAILED".to_owned(),
        });
        table
            .add_row([row.program.to_owned(), milliseconds(row.due())].into_iter().chain(outcomes));
    }
    let took = (0..runtimes.len()).map(|column| {
        let cells = cells.iter().skip(column).step_by(runtimes.len());
        let timings = cells.filter_map(|cell| cell.outcome.as_ref().ok());
        milliseconds(timings.map(|timing| timing.real).sum())
    });
    table.add_row(["real time".to_owned(), String::new()].into_iter().chain(took));
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }

    let mut out = io::stdout().lock();
    writeln!(out, "{table}\n")?;
    let mut wrong = 0;
    for cell in cells {
        if let Err(failure) = &cell.outcome {
            wrong += 1;
            writeln!(out, "{} on {}: {failure}", cell.program, cell.runtime)?;
        }
    }
    match wrong {
        0 => writeln!(
            out,
            "All {} cells are right: every event is as it should be, and none is early.",
            cells.len()
        ),
        _ => writeln!(out, "{wrong} of {} cells are wrong.", cells.len()),
    }
}

fn milliseconds(duration: Duration) -> String {
    format!("{:.1} ms", duration.as_secs_f64() * 1000.0)
}

/// A cell in the JSON form.
#[derive(Serialize)]
struct Line<'a> {
    program: &'a str,
    runtime: &'a str,
    outcome: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    t_us: Option<u128>,
    #[serde(skip_serializing_if = "Option::is_none")]
    real_us: Option<u128>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

fn print_line(cell: &Cell) -> io::Result<()> {
    let timing = cell.outcome.as_ref().ok();
    let mut out = io::stdout().lock();
    let line = Line {
        program: cell.program,
        runtime: cell.runtime,
        outcome: if timing.is_some() { "ok" } else { "failed" },
        t_us: timing.map(|timing| timing.clock.as_micros()),
        real_us: timing.map(|timing| timing.real.as_micros()),
        reason: cell.outcome.as_ref().err().map(ToString::to_string),
    };
    serde_json::to_writer(&mut out, &line)?;
    writeln!(out)
}
