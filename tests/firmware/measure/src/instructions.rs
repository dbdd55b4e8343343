//! How many instructions a tick takes, with anytempo and by hand: of the whole task, its executor and embassy's queue.

use crate::Result;
use crate::board::{BOARDS, Board};
use crate::cargo::built;
use crate::forms::{PROGRAMS, Program};
use crate::table::Table;

/// How many times as many as in the best form by hand there should be at most, in hundredths.
const GOAL: u64 = 110;

/// Where the goal is not reached yet, board by board: how many times as many there are instead, in hundredths.
///
/// As in `sizes`, it may become less, not more, and one that is no longer needed is an error.
const BEYOND: [(&str, &str, &str, u64); 17] = [
    // Two divisions for each wait, where embassy multiplies: see `sizes`.
    ("delay-runtime", "anytempo", "Cortex-M0", 114),
    ("delay-runtime", "anytempo", "Cortex-M3", 114),
    ("delay-runtime", "anytempo", "Cortex-M4F", 113),
    ("delay-runtime", "anytempo", "RISC-V", 114),
    ("close", "anytempo", "Cortex-M0", 126),
    ("close", "anytempo", "Cortex-M3", 126),
    ("close", "anytempo", "Cortex-M4F", 126),
    ("close", "anytempo", "RISC-V", 124),
    ("close-async", "anytempo", "Cortex-M0", 137),
    ("close-async", "anytempo", "Cortex-M3", 135),
    ("close-async", "anytempo", "Cortex-M4F", 135),
    ("close-async", "anytempo", "RISC-V", 155),
    ("generate", "anytempo", "Cortex-M0", 140),
    ("generate", "anytempo", "Cortex-M3", 128),
    ("generate", "anytempo", "Cortex-M4F", 128),
    ("generate", "anytempo", "RISC-V", 129),
    // 328 of 295. Before a hand-written loop over a `Timer` took the place of embassy's `Ticker`, it was 338 of 305.
    ("interval-fixed-rate", "anytempo", "Cortex-M0", 112),
];

/// As many as there are in the piece of code that a program measures first.
const KNOWN: u64 = 9998;
/// A program measures so many ticks, and then twice as many.
const TICKS: u64 = 100;

pub(crate) fn check() -> Result<Vec<String>> {
    let mut table = Table::new(&["board", "program", "form", "instructions", "ratio", "goal"]);
    let mut missed = Vec::new();
    for board in &BOARDS {
        let folder = built("sizes", board.target, &["--features", "instructions"])?;
        for program in &PROGRAMS {
            let count = |form: &str| per_tick(board, &board.run(&folder.join(program.file(form)))?);
            let by_hand: Result<Vec<u64>> = program.by_hand.iter().map(|it| count(it)).collect();
            let by_hand = by_hand?;
            let best = by_hand.iter().min().copied().ok_or("nothing is by hand")?;
            for (form, instructions) in program.by_hand.iter().zip(by_hand) {
                table.row(row(board, program, form, instructions, best, ""));
            }
            for form in program.anytempo {
                let instructions = count(form)?;
                let met = instructions * 100 <= best * GOAL;
                let place = (program.name, *form, board.processor);
                let beyond = BEYOND.iter().find(|it| (it.0, it.1, it.2) == place);
                let most = beyond.map_or(GOAL, |it| it.3);
                if instructions * 100 > best * most {
                    missed.push(format!(
                        "{} {form} on {}: {instructions} instructions, {best} by hand, more than {most} %",
                        program.name, board.processor
                    ));
                }
                if met && beyond.is_some() {
                    missed.push(format!(
                        "{} {form} on {}: the goal is met, and `BEYOND` still names it",
                        program.name, board.processor
                    ));
                }
                let goal = if met { "met" } else { "missed" };
                table.row(row(board, program, form, instructions, best, goal));
            }
        }
    }
    table.print();
    table.write("instructions")?;
    Ok(missed)
}

fn row(
    board: &Board,
    program: &Program,
    form: &str,
    count: u64,
    best: u64,
    goal: &str,
) -> Vec<String> {
    vec![
        board.processor.to_owned(),
        program.name.to_owned(),
        form.to_owned(),
        count.to_string(),
        format!("{}.{:02}", count / best, count * 100 / best % 100),
        goal.to_owned(),
    ]
}

/// Reads what a program wrote: how far its stopwatch went in what is known, in some ticks, and in twice as many.
fn per_tick(board: &Board, words: &[u32]) -> Result<u64> {
    let &[known, once, twice] = words else {
        return Err(format!("a program on {} wrote {words:?}", board.machine).into());
    };
    let more = u64::from(twice.checked_sub(once).ok_or("more ticks took less time")?);
    // What a stopwatch shows is cut off, so that there is less than an instruction to round away.
    let instructions = (more * KNOWN + u64::from(known) / 2) / u64::from(known);
    Ok((instructions + TICKS / 2) / TICKS)
}
