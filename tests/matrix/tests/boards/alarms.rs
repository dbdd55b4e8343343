//! What slack saves on a board: see `tests/firmware/boards/src/alarms.rs`.

use anytempo_matrix::runtimes::boards::{Board, Rate};

use crate::lines;

/// Without slack each of a hundred waits has an alarm of its own. With it five tasks wake at the same points of one grid, and there
/// are 20 alarms. An emulator that is late may find two waits due at once, or a point of the grid missed, so a few more or less pass.
pub(crate) fn saved(board: &Board, rate: Rate) -> Result<(), String> {
    let said = lines(board, rate, "alarms")?;
    let alarms = |place: usize, slack: &str| -> Option<u32> {
        said.get(place)?.strip_prefix(slack)?.strip_prefix(" waits 100 alarms ")?.parse().ok()
    };
    match (alarms(0, "slack 0"), alarms(1, "slack 50")) {
        (Some(80..=100), Some(10..=25)) if said.len() == 2 => Ok(()),
        _ => Err(format!("it says {said:#?} for about 100 alarms without slack, and 20 with it")),
    }
}
