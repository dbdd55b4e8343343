//! The twins of `core/src/stream`.

pub mod close_on_exit;
pub mod countdown;
pub mod next;
pub mod pace;
pub mod range;
pub mod stall;
