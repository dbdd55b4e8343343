//! What the combinators cost on a board.
//!
//!     measure no-panic        no panic, no heap and no 64-bit division is left in a program that uses all of them
//!     measure sizes           flash and RAM of small programs, with anytempo and by hand
//!     measure instructions    instructions for a tick, with anytempo and by hand
//!     measure example         the example does what it should, on every board
//!     measure log             what a firmware logs with defmt, decoded, and its bytes (feature `log`)
//!
//! Each prints a table, which is Markdown too, and writes it as JSON below the target folder, in `firmware`. A goal that is missed is exit code 1.

mod board;
mod cargo;
mod elf;
mod example;
mod forms;
mod instructions;
#[cfg(feature = "log")]
mod log;
mod no_panic;
mod sizes;
mod table;

use std::error::Error;
use std::process::ExitCode;

/// What went wrong, in a sentence.
type Result<T> = core::result::Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match arguments[..] {
        ["no-panic"] => no_panic::check(),
        ["sizes"] => sizes::check(),
        ["instructions"] => instructions::check(),
        ["example"] => example::check(),
        #[cfg(feature = "log")]
        ["log"] => log::check(),
        _ => {
            eprintln!("usage: measure no-panic|sizes|instructions|example|log");
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(missed) if missed.is_empty() => ExitCode::SUCCESS,
        Ok(missed) => {
            missed.iter().for_each(|it| eprintln!("missed: {it}"));
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("measure: {error}");
            ExitCode::FAILURE
        }
    }
}
