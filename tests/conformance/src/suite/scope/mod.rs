//! The twins of `core/src/scope`, and what can be seen there only on a host.

pub mod close_on_exit;
#[cfg(feature = "harness")]
pub mod close_stack;
pub mod close_within;
pub mod closing;
pub mod closing_async;
pub mod closing_owned;
pub mod closing_poll;
pub mod in_turn;
#[cfg(feature = "harness")]
pub mod panics;
#[cfg(feature = "harness")]
pub mod spawn_on_drop;
#[cfg(feature = "harness")]
pub mod spawner;
pub mod try_close_on_exit;
