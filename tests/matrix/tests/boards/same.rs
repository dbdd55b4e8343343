//! Programs on an emulated board take the same time in every run.

use std::fs;

use anytempo_matrix::runtimes::boards::{Board, Rate};

use crate::lines;

const RUNS: usize = 20;

const PROGRAMS: [&str; 9] = [
    "countdown 3 0.010000000 delay",
    "countdown 3 0.010000000 fixed",
    "range 2 -3 -2 0.001500000",
    "generate -1 2 3600.000000001",
    "stall 0.020000000",
    "close cancel",
    "close error",
    "operators 0.005000000 abc---d--e| debounce 0.010000000 none",
    "operators 0.005000000 (ab)------(cd)| interval 0.010000000 skip",
];

/// Every run says the same, to the byte.
pub(crate) fn in_all_runs(board: &Board) -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|error| format!("a folder: {error}"))?;
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).map(|()| path).map_err(|error| format!("a file: {error}"))
    };
    let counted = write("counted", &"0123456789\n".repeat(1000))?;
    let (counted, missing) = (counted.display(), folder.path().join("missing"));
    let list = write("list", &format!("{counted}\n{}\n{counted}\n", missing.display()))?;
    let programs = PROGRAMS.map(str::to_owned).into_iter();
    for program in programs.chain([format!("lines {}", list.display())]) {
        let first = lines(board, Rate::Even, &program)?;
        if first.is_empty() {
            return Err(format!("`{program}` says nothing"));
        }
        for run in 2..=RUNS {
            let other = lines(board, Rate::Even, &program)?;
            if other != first {
                return Err(format!(
                    "`{program}` is not the same in run {run}: {first:#?} {other:#?}"
                ));
            }
        }
    }
    Ok(())
}

/// Each event comes at the tick at which it has to, on a clock of which a tick is longer than what a program does in between.
pub(crate) fn to_the_tick(board: &Board) -> Result<(), String> {
    // 10 ms are 327.68 ticks, so 328, and one more for what may have gone by of the tick in which a wait begins. At a fixed
    // rate only the first period has it, since each later deadline is counted from the one before.
    let expected: [(&str, &[(u64, &str)]); 4] = [
        (
            "countdown 2 0.010000000 delay",
            &[(0, "item 2"), (329, "item 1"), (658, "item 0"), (658, "end")],
        ),
        (
            "countdown 3 0.010000000 fixed",
            &[(0, "item 3"), (329, "item 2"), (657, "item 1"), (985, "item 0"), (985, "end")],
        ),
        ("stall 1.000000000", &[(32_769, "enter"), (32_769, "exit")]),
        ("close cancel", &[(0, "enter"), (329, "close"), (329, "exit cancelled")]),
    ];
    for (program, events) in expected {
        // The time of an event is in microseconds, rounded down.
        let events: Vec<String> = events
            .iter()
            .map(|(tick, event)| format!("{} {event}", tick * 1_000_000 / 32_768))
            .collect();
        let said = lines(board, Rate::Odd, program)?;
        if said != events {
            return Err(format!("`{program}`: {said:#?} for {events:#?}"));
        }
    }
    Ok(())
}
