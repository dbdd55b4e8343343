//! Every program on every runtime, held to what it should report and when.

mod cell;
mod check;
mod row;
mod tree;

pub use cell::{Cell, Failure, Timing};
pub use row::Row;

use core::time::Duration;

/// What a cell may take before it counts as stuck. It is there to catch a lost wake, and no machine is that slow.
pub const LIMIT: Duration = Duration::from_secs(30);
