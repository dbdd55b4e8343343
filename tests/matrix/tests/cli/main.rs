//! The program `anytempo` as a person or a script meets it: what it prints, and how it exits.

mod arguments;
mod bench;
#[cfg(unix)]
mod limits;
mod lines;
mod matrix;
mod merge;
mod operators;
#[cfg(unix)]
mod output;
#[cfg(unix)]
mod pipes;
mod programs;
#[cfg(unix)]
mod progress;
#[cfg(unix)]
mod records;
mod report;
mod run;
