//! The program `anytempo` as a person or a script meets it: what it prints, and how it exits.

mod arguments;
mod bench;
mod lines;
mod matrix;
mod merge;
#[cfg(unix)]
mod output;
mod programs;
#[cfg(unix)]
mod records;
mod run;
