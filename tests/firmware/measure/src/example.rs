//! The example, on every board: it prints what it should, to the millisecond.

use crate::Result;
use crate::board::BOARDS;
use crate::cargo::{built, firmware};
use crate::elf;
use crate::table::Table;

/// How long an instruction takes, as a power of two in nanoseconds: so little that in a tick of the example all is done that is
/// due, whatever the compiler makes of it.
const SHIFT: u32 = 6;

pub(crate) fn check() -> Result<Vec<String>> {
    let expected = std::fs::read_to_string(firmware().join("example/output.txt"))?;
    let mut table = Table::new(&["board", "flash", "RAM", "output"]);
    let mut missed = Vec::new();
    for board in &BOARDS {
        let program = built("example", board.target, &[])?.join("example");
        let said = board.output(&program, SHIFT)?;
        let same = said == expected;
        if !same {
            missed.push(format!("on {} the example says:\n{said}", board.processor));
        }
        let size = elf::size(&program)?;
        table.row(vec![
            board.processor.to_owned(),
            size.flash.to_string(),
            size.ram.to_string(),
            if same { "as in output.txt" } else { "something else" }.to_owned(),
        ]);
    }
    table.print();
    table.write("example")?;
    Ok(missed)
}
