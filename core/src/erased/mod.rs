//! Timers behind a pointer: one type for all of them, for programs without a type parameter.
//!
//! - [`DynTimer`] holds any timer that is a [`SendTimer`](crate::SendTimer) and whose waits are `Sync`. It is
//!   `Send` and `Sync`. It needs a target with atomic pointers.
//! - [`LocalDynTimer`] holds any timer, on one thread.
//!
//! [`guide::choosing_a_timer`](crate::guide::choosing_a_timer) says when to take one.

mod clock;
mod instant;
mod timer;

pub use instant::DynInstant;
#[cfg(target_has_atomic = "ptr")]
pub use timer::{DynSleep, DynTimer};
pub use timer::{LocalDynSleep, LocalDynTimer};
