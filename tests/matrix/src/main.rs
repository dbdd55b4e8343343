//! The program `anytempo`: six small programs on every runtime, one by one or as a matrix.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
