//! The program `anytempo`: six small programs on every runtime, one by one or as a matrix.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    // First of all: it ends the processes that have a case to try.
    anytempo_matrix::matrix::serve_cases();
    cli::main()
}
