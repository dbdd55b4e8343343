//! What slack saves on a board: see `tests/firmware/boards/src/alarms.rs`.

use anytempo_matrix::runtimes::boards::{Board, Rate};

use crate::lines;

/// Without slack each of a hundred waits has an alarm of its own. With it five tasks wake at the same points of one grid.
pub(crate) fn saved(board: &Board, rate: Rate) -> Result<(), String> {
    let said = lines(board, rate, "alarms")?;
    let expected = ["slack 0 waits 100 alarms 100", "slack 50 waits 100 alarms 20"];
    if said == expected { Ok(()) } else { Err(format!("it says {said:#?} for {expected:#?}")) }
}
