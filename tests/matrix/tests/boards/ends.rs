//! Every bad end of a board is said, in one sentence, and within its limit.

use core::time::Duration;

use anytempo_matrix::runtimes::boards::{Board, End, PATIENCE, Rate};

pub(crate) fn fault(board: &Board) -> Result<(), String> {
    ends(board, "fault", PATIENCE, "it has a fault: ")
}

pub(crate) fn panic(board: &Board) -> Result<(), String> {
    ends(board, "panic", PATIENCE, "it panicked: as it was told to (src/main.rs:")
}

pub(crate) fn hang(board: &Board) -> Result<(), String> {
    ends(board, "hang", Duration::from_secs(1), "it hangs: it has said nothing for 1s")
}

pub(crate) fn endless_wait(board: &Board) -> Result<(), String> {
    let year = "stall 18446744073709551615.999999999";
    ends(board, year, PATIENCE, "it hangs: it waits for more than a year of the board's time")
}

fn ends(board: &Board, command: &str, patience: Duration, why: &str) -> Result<(), String> {
    match board.run(Rate::Even, command, patience, |line| Err(format!("it says {line}"))) {
        End::Failed(said) if said.starts_with(why) && said.lines().count() == 1 => Ok(()),
        end => Err(format!("`{command}` ends with {end:?}, and not with `{why}`")),
    }
}

pub(crate) fn nonsense(board: &Board) -> Result<(), String> {
    let refused = [
        ("dance", "`dance` is not valid for the name of a program"),
        ("countdown 3 1.5 delay", "`1.5` is not valid for a delay"),
        ("countdown 3", "the command lacks a delay"),
        (
            "operators 0.005000000 a| chunks_within",
            "a board has no heap, in which `chunks_within` collects items",
        ),
        ("operators 0.005000000 a| debounce", "the command lacks a delay"),
        ("range 0 3 0 0.000000000", "`0` is not valid for a step"),
        ("close sideways", "`sideways` is not valid for a body"),
        ("stall 1.000000000 2", "`2` is one word too many"),
        ("lines /no/such/list", "the list of files cannot be read: /no/such/list"),
        ("case sleep::walking", "there is no case `sleep::walking`"),
    ];
    for (command, why) in refused {
        let end = board.run(Rate::Even, command, PATIENCE, |line| Err(format!("it says {line}")));
        if end != End::Refused(why.to_owned()) {
            return Err(format!("`{command}` ends with {end:?}, and not with `{why}`"));
        }
    }
    Ok(())
}
