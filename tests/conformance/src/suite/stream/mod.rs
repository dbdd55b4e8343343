//! The twins of `core/src/stream`.

mod blinking;
pub mod burst;
#[cfg(feature = "harness")]
pub mod chunks_within;
pub mod close_on_exit;
pub mod countdown;
pub mod debounce;
mod feed;
pub mod fold_within;
pub mod interval;
pub mod keep_alive;
pub mod next;
pub mod pace;
pub mod range;
mod rules;
pub mod sample;
pub(crate) mod script;
pub mod stall;
pub mod take_for;
pub mod throttle_first;
pub mod throttle_latest;
pub mod time_between;
pub mod timeout_each;
pub mod timestamped;
