//! Nothing panics, nothing allocates, nothing divides 64 bits; and each of these would be noticed.

use core::iter;

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

/// Tick rates of embassy's clock, one at least for each way to convert durations.
const RATES: [&str; 8] = [
    // The slowest.
    "1",
    "1_000",
    "32_768",
    "1_000_000",
    // A power of two that takes two steps.
    "16_777_216",
    // The second ends in few zeros, so the division by it takes the most steps.
    "133_000_000",
    "1_000_000_000",
    // More than 32 bits.
    "5_242_880_000",
];

/// What must be noticed, to show that it would be.
const BROKEN: [(&str, Verdict); 3] = [
    ("with-a-panic", Verdict::CanPanic),
    ("with-a-division", Verdict::Divides),
    ("with-a-heap", Verdict::Allocates),
];

/// The programs, the features they are built with, and what is to be found.
fn rows() -> impl Iterator<Item = (&'static str, String, Verdict)> {
    let at = |rate: &str| format!("embassy,embassy-time-driver/tick-hz-{rate}");
    let clean = RATES.iter().map(move |rate| ("embassy", at(rate), Verdict::Clean));
    let broken = BROKEN.into_iter().flat_map(move |(fault, verdict)| {
        let beside = format!("{},{fault}", at("1_000_000"));
        [("core", fault.to_owned(), verdict), ("embassy", beside, verdict)]
    });
    iter::once(("core", String::new(), Verdict::Clean)).chain(clean).chain(broken)
}

/// Builds every row, and gives the ones that are not as they should be.
pub(crate) fn check() -> Result<Vec<String>> {
    let mut table = Table::new(&["program", "features", "found"]);
    let mut missed = Vec::new();
    for (program, features, expected) in rows() {
        let found = examine(program, &features)?;
        if found != expected {
            missed.push(format!(
                "{program} with [{features}]: {}, and not: {}",
                found.words(),
                expected.words()
            ));
        }
        table.row(vec![program.to_owned(), features, found.words().to_owned()]);
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
