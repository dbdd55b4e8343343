//! The program `anytempo` as a person or a script meets it: what it prints, and how it exits.

mod arguments;
mod bench;
mod lines;
mod matrix;
mod merge;
mod programs;
mod run;
