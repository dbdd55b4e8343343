//! Waits and time limits. Made by the methods of a [`Timer`](crate::Timer), which say all about them.

mod idle_body;
mod idle_timeout;
mod sleep;
mod stall;
mod timeout;

pub use idle_body::IdleBody;
pub use idle_timeout::{Idle, IdleTimeout};
pub use sleep::Sleep;
pub use stall::Stall;
pub use timeout::Timeout;
