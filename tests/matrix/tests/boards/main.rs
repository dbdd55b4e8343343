//! What only a board can show: that it does the same in every run, to the tick and to the byte; that no wait is early from
//! any phase of a tick; how many alarms slack saves; that every bad end is said. And every case of the suite, on a clock at
//! which nothing comes out even.
//!
//! The cases at 1 MHz are with those of all runtimes, in the matrix.

mod alarms;
mod ends;
mod phases;
mod same;

use std::env;
use std::process::ExitCode;

use anytempo_conformance::harness::{Promise, Verdict};
use anytempo_matrix::runtimes::boards::{BOARDS, Board, Rate};
use anytempo_matrix::runtimes::{RUNTIMES, lacking};
use libtest_mimic::{Arguments, Failed, Trial};

fn main() -> ExitCode {
    // First of all, as an error in the arguments ends the process.
    let arguments = Arguments::from_args();
    if let Some(sentence) = lacking(RUNTIMES) {
        eprintln!("{sentence}");
        if env::var_os("ANYTEMPO_ALL_BOARDS").is_some() {
            return ExitCode::FAILURE;
        }
    }
    let mut trials = Vec::new();
    for board in BOARDS.iter().filter(|board| board.lack().is_none()) {
        let mut add = |name: &str, test: fn(&Board) -> Result<(), String>| {
            let name = format!("{}::{name}", board.name);
            trials.push(Trial::test(name, move || Ok(test(board)?)));
        };
        add("same_to_the_tick", same::to_the_tick);
        add("never_early_at_1_mhz", |board| phases::never_early(board, Rate::Even));
        add("never_early_at_32768_hz", |board| phases::never_early(board, Rate::Odd));
        add("slack_saves_alarms_at_1_mhz", |board| alarms::saved(board, Rate::Even));
        add("slack_saves_alarms_at_32768_hz", |board| alarms::saved(board, Rate::Odd));
        add("fault_is_said", ends::fault);
        add("panic_is_said", ends::panic);
        add("hang_is_said", ends::hang);
        add("endless_wait_is_said", ends::endless_wait);
        add("nonsense_is_refused", ends::nonsense);
        add("same_in_all_runs", same::in_all_runs);
        let promises = board.promises_at(Rate::Odd).into_iter();
        trials.extend(promises.map(|promise| case(board, promise)));
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// A case on the clock at which nothing comes out even.
fn case(board: &'static Board, promise: Promise) -> Trial {
    let name = format!("{}-32768::{}::{}", board.name, promise.group, promise.name);
    Trial::test(name, move || match promise.tried(board.name).verdict {
        Verdict::Kept | Verdict::Allowed { .. } => Ok(()),
        Verdict::Broken(reason) => Err(Failed::from(reason)),
    })
}

/// The lines that a board says, after a command that it carries out.
fn lines(board: &Board, rate: Rate, command: &str) -> Result<Vec<String>, String> {
    use anytempo_matrix::runtimes::boards::{End, PATIENCE};
    let mut lines = Vec::new();
    let end = board.run(rate, command, PATIENCE, |line| {
        lines.push(line.to_owned());
        Ok(())
    });
    match end {
        End::Right => Ok(lines),
        end => Err(format!("{command}: {end:?} after {lines:#?}")),
    }
}
