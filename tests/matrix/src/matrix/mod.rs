//! Every program on every runtime, held to what it should report and when; and every case of the suite.

mod cell;
mod check;
mod plan;
mod row;
mod tally;
mod tree;

pub use cell::{Cell, Name, PROGRAMS, serve_cases};
pub use plan::Plan;
pub use tally::Tally;
