//! The twins of `core/src/stream`.

mod blinking;
pub mod close_on_exit;
pub mod countdown;
pub mod next;
pub mod pace;
pub mod range;
pub mod stall;
