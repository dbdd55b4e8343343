//! The twins of `core/src/stream`.

pub mod countdown;
pub mod next;
pub mod pace;
pub mod range;
pub mod stall;
