//! The programs, each in a file, in all its forms.
//!
//! A form is an async function of a count and a sink. Those by hand are what one would write on embassy without
//! anytempo: a loop over `Timer`, a `Ticker`, a guard that closes when it is dropped, a state machine.

pub mod close;
pub mod close_async;
pub mod countdown;
pub mod debounce;
pub mod delay;
pub mod fold_within;
pub mod generate;
pub mod interval;
pub mod keep_alive;
pub mod nothing;
pub mod range;
pub mod sleep;
mod source;
pub mod stall;
pub mod throttle_latest;
pub mod timeout;
pub mod timeout_each;
pub mod timeout_runtime;
