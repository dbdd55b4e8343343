//! Reads what gungraun measured, counts allocations itself, and says how all of it compares.
//!
//! The exit code is 1 if a target is missed, and 2 if there is no saying.

use std::env;
use std::io::stdin;
use std::path::Path;
use std::process::ExitCode;

use anytempo_benches::report::{self, Counting, Measured};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn main() -> ExitCode {
    match report() {
        Ok(0) => ExitCode::SUCCESS,
        Ok(missed) => {
            eprintln!("\nmissed targets: {missed}");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

/// How many targets were missed.
fn report() -> Result<usize, String> {
    let measured = Measured::read(stdin().lock())?;
    let figures = report::figures(&measured)?;
    let sizes = report::sizes();
    report::print_figures(&figures);
    report::print_sizes(&sizes);
    report::print_missed_goals(&figures);
    if let Some(path) = env::args().nth(1) {
        report::write_json(Path::new(&path), &figures, &sizes)?;
    }
    let too_large = sizes.iter().filter(|it| it.most.is_some_and(|most| it.bytes > most));
    Ok(figures.iter().filter(|it| !it.verdict.is_kept()).count() + too_large.count())
}
