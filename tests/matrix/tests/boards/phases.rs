//! Waits from every phase of a tick, as the board itself has measured them: see `tests/firmware/boards/src/phases.rs`.

use anytempo_matrix::runtimes::boards::{Board, Rate};

use crate::lines;

pub(crate) fn never_early(board: &Board, rate: Rate) -> Result<(), String> {
    let said = lines(board, rate, "phases")?;
    let [sleeps, raw, verdict] = said.as_slice() else {
        return Err(format!("it says {said:#?}"));
    };
    if verdict != "kept" || number(sleeps, "early")? != 0 || number(sleeps, "sleeps")? == 0 {
        return Err(format!("it says {said:#?}"));
    }
    // What is measured would see a wait that is early: those without a spare tick are, wherever a tick has phases.
    if number(raw, "tick")? > 1 && number(raw, "early")? == 0 {
        return Err(format!("no wait without a spare tick is early: {said:#?}"));
    }
    Ok(())
}

/// The number after this word.
fn number(line: &str, word: &str) -> Result<u64, String> {
    let mut words = line.split(' ').skip_while(|it| *it != word).skip(1);
    let number = words.next().and_then(|number| number.parse().ok());
    number.ok_or_else(|| format!("there is no number after `{word}` in `{line}`"))
}
