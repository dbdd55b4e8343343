//! Nothing panics, nothing allocates, nothing divides 64 bits; and each of these would be noticed.

use crate::Result;
use crate::cargo::{Build, build};
use crate::elf;
use crate::table::Table;

/// A processor that has neither a division nor a compare-and-swap: whatever a library would do instead shows.
const TARGET: &str = "thumbv6m-none-eabi";

/// The library routines for a division of more than 32 bits, by which names a linker could know them.
const DIVISIONS: [&str; 12] = [
    "__aeabi_uldivmod",
    "__aeabi_ldivmod",
    "__udivdi3",
    "__umoddi3",
    "__udivmoddi4",
    "__divdi3",
    "__moddi3",
    "__divmoddi4",
    "__udivti3",
    "__umodti3",
    "__divti3",
    "__modti3",
];

/// What becomes of a program.
#[derive(Clone, Copy, PartialEq)]
enum Verdict {
    Clean,
    CanPanic,
    Divides,
    Allocates,
}

impl Verdict {
    fn words(self) -> &'static str {
        match self {
            Self::Clean => "no panic, no heap, no 64-bit division",
            Self::CanPanic => "a panic is left",
            Self::Divides => "a 64-bit division is left",
            Self::Allocates => "a heap is wanted",
        }
    }
}

/// The programs, the features they are built with, and what is to be found.
const ROWS: [(&str, &str, Verdict); 10] = [
    ("core", "", Verdict::Clean),
    ("embassy", "tick-hz-1_000", Verdict::Clean),
    ("embassy", "tick-hz-32_768", Verdict::Clean),
    ("embassy", "tick-hz-1_000_000", Verdict::Clean),
    ("core", "with-a-panic", Verdict::CanPanic),
    ("core", "with-a-division", Verdict::Divides),
    ("core", "with-a-heap", Verdict::Allocates),
    ("embassy", "tick-hz-1_000_000,with-a-panic", Verdict::CanPanic),
    ("embassy", "tick-hz-1_000_000,with-a-division", Verdict::Divides),
    ("embassy", "tick-hz-1_000_000,with-a-heap", Verdict::Allocates),
];

/// Builds every row, and gives the ones that are not as they should be.
pub(crate) fn check() -> Result<Vec<String>> {
    let mut table = Table::new(&["program", "features", "found"]);
    let mut missed = Vec::new();
    for (program, features, expected) in ROWS {
        let found = examine(program, features)?;
        table.row(vec![program.to_owned(), features.to_owned(), found.words().to_owned()]);
        if found != expected {
            missed.push(format!(
                "{program} with [{features}]: {}, and not: {}",
                found.words(),
                expected.words()
            ));
        }
    }
    table.print();
    table.write("no-panic")?;
    Ok(missed)
}

fn examine(program: &str, features: &str) -> Result<Verdict> {
    match build("no-panic", TARGET, ["--bin", program, "--features", features])? {
        Build::Built(folder) => {
            let symbols = elf::symbols(&folder.join(program))?;
            if !symbols.iter().any(|it| it == "_start") {
                return Err(format!("{program} has no symbols in which to look").into());
            }
            let divides = symbols.iter().any(|it| DIVISIONS.contains(&it.as_str()));
            Ok(if divides { Verdict::Divides } else { Verdict::Clean })
        }
        Build::Refused(why) if why.contains("undefined symbol: anytempo_can_panic") => {
            Ok(Verdict::CanPanic)
        }
        Build::Refused(why) if why.contains("no global memory allocator found") => {
            Ok(Verdict::Allocates)
        }
        Build::Refused(why) => {
            Err(format!("{program} with [{features}] could not be built:\n{why}").into())
        }
    }
}
