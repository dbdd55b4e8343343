//! What a program takes of flash and RAM, with anytempo and by hand.

use std::path::Path;

use crate::Result;
use crate::board::{BOARDS, Board};
use crate::cargo::built;
use crate::elf::{self, Size};
use crate::forms::{PROGRAMS, Program};
use crate::table::Table;

/// Where the goal is not reached yet, board by board: how much more it is instead, of flash and of RAM.
///
/// It may become less, not more. Flash has 8 bytes of room, as functions lie otherwise in another folder. One that is no longer
/// needed is an error, so that it does not stay.
const BEYOND: [(&str, &str, &str, i64, i64); 53] = [
    // A missed period is caught up with, which a loop over a `Timer` does not do, and the first one has a tick more.
    ("countdown", "anytempo-fixed-rate", "Cortex-M0", 92, 0),
    ("countdown", "anytempo-fixed-rate", "Cortex-M3", 88, 0),
    ("countdown", "anytempo-fixed-rate", "Cortex-M4F", 88, 0),
    ("countdown", "anytempo-fixed-rate", "RISC-V", 112, 0),
    // In RAM: the period, which is a value here and a constant there, and an item that is read ahead, as the end must not wait.
    // In flash, on RISC-V: the queue is called from a place more, and there an address is 8 bytes, and a call as many.
    ("range", "anytempo", "Cortex-M0", 80, 16),
    ("range", "anytempo", "Cortex-M3", 76, 16),
    ("range", "anytempo", "Cortex-M4F", 84, 16),
    ("range", "anytempo", "RISC-V", 116, 16),
    // The start is the time of the first item, and a source may take its time with that.
    // On RISC-V 64 bits are added and subtracted without a carry, so the extra tick of a wait takes long to take off.
    ("range", "anytempo-fixed-rate", "Cortex-M0", 124, 16),
    ("range", "anytempo-fixed-rate", "Cortex-M3", 128, 16),
    ("range", "anytempo-fixed-rate", "Cortex-M4F", 128, 16),
    ("range", "anytempo-fixed-rate", "RISC-V", 164, 16),
    // A zero limit, a deadline instead of a limit, and a poll after the end. On RISC-V some 40 of the bytes are the choice of
    // a register alone: short instructions cannot name it, and the task is reached by it.
    ("timeout", "anytempo", "Cortex-M0", 76, 0),
    ("timeout", "anytempo", "RISC-V", 88, 0),
    ("timeout", "anytempo", "Cortex-M4F", 76, 0),
    // The standard library's `Duration` divides milliseconds by a thousand, and embassy at this tick rate only multiplies them.
    // Cortex-M0 has no instruction for that, and some 400 of its bytes are the routine.
    ("timeout-runtime", "anytempo", "Cortex-M0", 544, 0),
    ("timeout-runtime", "anytempo", "Cortex-M3", 108, 0),
    ("timeout-runtime", "anytempo", "Cortex-M4F", 108, 0),
    ("timeout-runtime", "anytempo", "RISC-V", 124, 0),
    // A limit that is a duration of embassy is in ticks already. What remains is as in `timeout`.
    ("timeout-runtime", "anytempo-embassy", "Cortex-M0", 100, 0),
    ("timeout-runtime", "anytempo-embassy", "RISC-V", 80, 0),
    // Milliseconds become a `Duration` and that becomes ticks, with two divisions of 32 bits. embassy multiplies once.
    ("delay-runtime", "anytempo", "Cortex-M0", 540, 0),
    ("delay-runtime", "anytempo", "Cortex-M3", 156, 0),
    ("delay-runtime", "anytempo", "Cortex-M4F", 128, 0),
    ("delay-runtime", "anytempo", "RISC-V", 144, 0),
    // The resource is moved into the scope and lent from there; on RISC-V with `memcpy`, which nobody else here needs, of 392 bytes.
    ("close", "anytempo", "Cortex-M0", 172, 32),
    ("close", "anytempo", "Cortex-M3", 180, 32),
    ("close", "anytempo", "Cortex-M4F", 180, 32),
    ("close", "anytempo", "RISC-V", 164, 32),
    // As `close`, twice.
    ("close-async", "anytempo", "Cortex-M0", 416, 40),
    ("close-async", "anytempo", "Cortex-M3", 416, 40),
    ("close-async", "anytempo", "Cortex-M4F", 420, 40),
    ("close-async", "anytempo", "RISC-V", 780, 32),
    // The body lies beside the slot for its item, and is begun in place. On RISC-V `memcpy` again.
    ("generate", "anytempo", "Cortex-M0", 432, 64),
    ("generate", "anytempo", "Cortex-M3", 424, 64),
    ("generate", "anytempo", "Cortex-M4F", 428, 64),
    ("generate", "anytempo", "RISC-V", 460, 64),
    // The period is a value here and a constant there, which takes the RAM. Before the first tick there may be a delay or a start.
    // With a constant period a hand-written loop divides by it; ours doubles its steps, as the form in steps does.
    ("interval-skip", "anytempo", "Cortex-M0", 20, 8),
    ("interval-skip", "anytempo", "Cortex-M3", 92, 8),
    ("interval-skip", "anytempo", "Cortex-M4F", 92, 8),
    ("interval-skip", "anytempo", "RISC-V", 136, 8),
    ("interval-fixed-rate", "anytempo", "Cortex-M0", 92, 8),
    ("interval-fixed-rate", "anytempo", "Cortex-M3", 68, 8),
    ("interval-fixed-rate", "anytempo", "Cortex-M4F", 80, 8),
    ("interval-fixed-rate", "anytempo", "RISC-V", 136, 8),
    // The flash is within the goal, but for RISC-V, where a comparison of 64 bits takes two branches.
    ("interval-spaced", "anytempo", "Cortex-M0", 48, 16),
    ("interval-spaced", "anytempo", "Cortex-M3", 36, 16),
    ("interval-spaced", "anytempo", "Cortex-M4F", 44, 16),
    ("interval-spaced", "anytempo", "RISC-V", 68, 16),
    ("interval-fixed-delay", "anytempo", "Cortex-M0", 68, 16),
    ("interval-fixed-delay", "anytempo", "Cortex-M3", 56, 16),
    ("interval-fixed-delay", "anytempo", "Cortex-M4F", 56, 16),
    ("interval-fixed-delay", "anytempo", "RISC-V", 120, 16),
];

/// How far apart in time two forms may be, in microseconds. A wait of anytempo has a tick more, for it may begin late in one.
const TICKS_APART: u32 = 20;

pub(crate) fn check() -> Result<Vec<String>> {
    let mut table = Table::new(&[
        "board",
        "program",
        "form",
        "flash",
        "flash for time",
        "flash over best",
        "RAM",
        "RAM for time",
        "RAM over best",
        "goal",
    ]);
    let (mut missed, mut over) = (Vec::new(), Vec::new());
    for board in &BOARDS {
        let folder = built("sizes", board.target, &[])?;
        let nothing = elf::size(&folder.join("nothing"))?;
        for program in &PROGRAMS {
            same_in_all_forms(board, program, &folder)?;
            let best = best(program, &folder)?;
            for form in program.by_hand.iter().chain(program.anytempo) {
                let size = elf::size(&folder.join(program.file(form)))?;
                let (flash, ram) = (size.flash - best.flash, size.ram - best.ram);
                let goal = if program.anytempo.contains(form) {
                    let met = flash <= program.goal && ram <= 0;
                    if !met {
                        over.push((program.name, *form, board.processor));
                    }
                    judge(board, program, form, flash, ram, &mut missed);
                    if met { "met" } else { "missed" }
                } else {
                    ""
                };
                table.row(vec![
                    board.processor.to_owned(),
                    program.name.to_owned(),
                    (*form).to_owned(),
                    size.flash.to_string(),
                    (size.flash - nothing.flash).to_string(),
                    format!("{flash:+}"),
                    size.ram.to_string(),
                    (size.ram - nothing.ram).to_string(),
                    format!("{ram:+}"),
                    goal.to_owned(),
                ]);
            }
        }
    }
    table.print();
    table.write("sizes")?;
    for (program, form, processor, ..) in BEYOND {
        if over.iter().all(|it| it != &(program, form, processor)) {
            missed.push(format!(
                "{program} {form} on {processor}: the goal is met, and `BEYOND` still names it"
            ));
        }
    }
    Ok(missed)
}

/// The form by hand that takes the least flash; of equal ones, that which takes the least RAM.
fn best(program: &Program, folder: &Path) -> Result<Size> {
    let sizes: Result<Vec<Size>> =
        program.by_hand.iter().map(|form| elf::size(&folder.join(program.file(form)))).collect();
    Ok(sizes?.into_iter().min_by_key(|it| (it.flash, it.ram)).ok_or("nothing is by hand")?)
}

/// Notes what takes more than it should, or than it is known to.
fn judge(
    board: &Board,
    program: &Program,
    form: &str,
    flash: i64,
    ram: i64,
    missed: &mut Vec<String>,
) {
    let row = (program.name, form, board.processor);
    let beyond = BEYOND.iter().find(|it| (it.0, it.1, it.2) == row);
    let (most_flash, most_ram) = beyond.map_or((program.goal, 0), |it| (it.3, it.4));
    if flash > most_flash || ram > most_ram {
        missed.push(format!(
            "{} {form} on {}: {flash:+} bytes of flash and {ram:+} of RAM, more than {most_flash} and {most_ram}",
            program.name, board.processor
        ));
    }
}

/// Runs a program in all its forms. They must give the same items, at the same times but for a few ticks.
fn same_in_all_forms(board: &Board, program: &Program, folder: &Path) -> Result<()> {
    let mut first: Option<Vec<u32>> = None;
    for form in program.by_hand.iter().chain(program.anytempo) {
        let words = board.run(&folder.join(program.file(form)))?;
        let first = first.get_or_insert_with(|| words.clone());
        let same = first.len() == words.len()
            && first.chunks(2).zip(words.chunks(2)).all(|pair| match pair {
                ([then, item], [now, other]) => item == other && then.abs_diff(*now) <= TICKS_APART,
                _ => false,
            });
        if !same || words.is_empty() {
            return Err(format!(
                "{} on {} does something else in form {form}: {words:?}, and not {first:?}",
                program.name, board.machine
            )
            .into());
        }
    }
    Ok(())
}
