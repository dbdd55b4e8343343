//! Every program on every runtime, held to what it should report and when; and every case of the suite.

mod cell;
mod check;
mod operators;
mod partition;
mod plan;
mod requests;
mod row;
mod tally;
mod tree;

pub use cell::{Cell, Name, OPERATORS, PROGRAMS, serve_cases};
pub use partition::Partition;
pub use plan::{Plan, Step};
pub use tally::Tally;
