//! The parts of the gates that parse, compare or plant a fault. `check.sh` has the plain steps and calls these.
//!
//!     cargo run -p anytempo-xtask -- bare SCRATCH                   the first commands of README.md, on a bare machine
//!     cargo run -p anytempo-xtask -- readme [GATE...]               all its commands, but for those of the gates named
//!     cargo run -p anytempo-xtask -- lines                          `anytempo lines` next to `wc -l`
//!     cargo run -p anytempo-xtask -- bench FILE                     the JSON of `anytempo bench` is complete
//!     cargo run -p anytempo-xtask -- semver SCRATCH                 no change breaks users of the last release
//!     cargo run -p anytempo-xtask -- copy FOLDER [FILE OLD NEW]     copies the work tree, with a text replaced in a file
//!
//! SCRATCH is an empty folder for files. The exit code is 1 if the gate fails.

#[cfg(unix)]
mod bare;
mod bench;
mod copy;
mod lines;
mod readme;
mod run;
mod semver;

use std::path::Path;
use std::process::ExitCode;

/// The error is a sentence.
type Result<T = ()> = core::result::Result<T, String>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match arguments[..] {
        #[cfg(unix)]
        ["bare", scratch] => bare::check(Path::new(scratch)),
        ["readme", ref passed @ ..] => readme::check(passed),
        ["lines"] => lines::check(),
        ["bench", file] => bench::check(Path::new(file)),
        ["semver", scratch] => semver::check(Path::new(scratch)),
        ["copy", folder] => copy::tree(Path::new(folder)),
        ["copy", folder, file, old, new] => copy::with_fault(Path::new(folder), file, old, new),
        _ => Err(format!("xtask does not take the arguments {arguments:?}; see xtask/src/main.rs")),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("xtask: {sentence}");
            ExitCode::FAILURE
        }
    }
}
