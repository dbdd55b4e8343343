//! The examples, on every board: each prints what it should, to the millisecond.

use crate::Result;
use crate::board::BOARDS;
use crate::cargo::{built, firmware};
use crate::elf;
use crate::table::Table;

/// How long an instruction takes, as a power of two in nanoseconds: so little that in a tick of the example all is done that is
/// due, whatever the compiler makes of it.
const SHIFT: u32 = 6;

/// The programs: their packages, their names, and the files with what each should print.
const PROGRAMS: [(&str, &str, &str); 3] = [
    ("example", "example", "output.txt"),
    ("example", "station", "station.txt"),
    ("example-rtic", "example-rtic", "output.txt"),
];

/// RTIC's application is for one chip.
const RTIC_TARGET: &str = "thumbv7m-none-eabi";

pub(crate) fn check() -> Result<Vec<String>> {
    let mut table = Table::new(&["board", "program", "flash", "RAM", "output"]);
    let mut missed = Vec::new();
    let all = BOARDS.iter().flat_map(|board| PROGRAMS.map(|it| (board, it)));
    let fitting =
        all.filter(|(board, (package, ..))| *package == "example" || board.target == RTIC_TARGET);
    for (board, (package, name, output)) in fitting {
        let expected = std::fs::read_to_string(firmware().join(package).join(output))?;
        let program = built(package, board.target, &[])?.join(name);
        let said = board.output(&program, SHIFT)?;
        let same = said == expected;
        if !same {
            missed.push(format!("on {} the {name} says:\n{said}", board.processor));
        }
        let size = elf::size(&program)?;
        table.row(vec![
            board.processor.to_owned(),
            name.to_owned(),
            size.flash.to_string(),
            size.ram.to_string(),
            if same { format!("as in {output}") } else { "something else".to_owned() },
        ]);
    }
    table.print();
    table.write("example")?;
    Ok(missed)
}
