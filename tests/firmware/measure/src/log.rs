//! What a firmware logs with defmt: decoded as a person reads it, and in bytes of flash.

use std::fs;

use defmt_decoder::{DecodeError, Table as Strings};

use crate::Result;
use crate::board::BOARDS;
use crate::cargo::{built, firmware};
use crate::elf;
use crate::table::Table;

/// How long an instruction takes, as a power of two in nanoseconds. No program waits for anything.
const SHIFT: u32 = 6;

/// The ways to log a result, and how much more flash each may take than a word alone.
const WAYS: [(&str, i64); 3] = [("nothing", 0), ("format", 128), ("debug", i64::MAX)];

/// How much less flash a result takes as it is than by its `Debug`, at least.
const SAVES: i64 = 1500;

pub(crate) fn check() -> Result<Vec<String>> {
    // The one without instructions to spare.
    let [board, ..] = &BOARDS;
    let folder = built("log", board.target, &[])?;
    let mut missed = Vec::new();

    let program = folder.join("said");
    let said = decode(&fs::read(&program)?, &board.bytes(&program, SHIFT)?)?;
    if said != fs::read_to_string(firmware().join("log/output.txt"))? {
        missed.push(format!("on {} what is logged reads:\n{said}", board.processor));
    }

    let mut table = Table::new(&["board", "a result", "flash", "more", "RAM"]);
    let nothing = elf::size(&folder.join("result-nothing"))?;
    let mut more = Vec::new();
    for (way, most) in WAYS {
        let size = elf::size(&folder.join(format!("result-{way}")))?;
        let flash = size.flash - nothing.flash;
        if flash > most {
            missed.push(format!("a result by {way} takes {flash} bytes, more than {most}"));
        }
        more.push(flash);
        table.row(vec![
            board.processor.to_owned(),
            way.to_owned(),
            size.flash.to_string(),
            format!("{flash:+}"),
            size.ram.to_string(),
        ]);
    }
    table.print();
    table.write("log")?;
    if let [_, format, debug] = more[..]
        && debug - format < SAVES
    {
        missed.push(format!("by its `Debug` a result takes {debug} bytes, and {format} else"));
    }
    Ok(missed)
}

/// Makes lines of what a logger sent. The strings are in the program.
fn decode(program: &[u8], sent: &[u8]) -> Result<String> {
    let strings = Strings::parse(program)?.ok_or("the program has no strings of defmt")?;
    let mut decoder = strings.new_stream_decoder();
    decoder.received(sent);
    let mut lines = String::new();
    loop {
        match decoder.decode() {
            Ok(frame) => lines += &format!("{}\n", frame.display_message()),
            Err(DecodeError::UnexpectedEof) => return Ok(lines),
            Err(DecodeError::Malformed) => return Err(format!("a frame after\n{lines}").into()),
        }
    }
}
