//! The program `anytempo` as a person or a script meets it: what it prints, and how it exits.

mod arguments;
mod lines;
mod matrix;
mod programs;
mod run;
