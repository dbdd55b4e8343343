//! Waits and time limits. Made by the methods of a [`Timer`](crate::Timer), which say all about them.

mod sleep;
mod stall;
mod timeout;

pub use sleep::Sleep;
pub use stall::Stall;
pub use timeout::Timeout;
