//! The programs, each in a file, in all its forms.
//!
//! A form is an async function of a count and a sink. Those by hand are what one would write on embassy without
//! anytempo: a loop over `Timer`, a `Ticker`, a state machine.

pub mod countdown;
pub mod generate;
pub mod nothing;
pub mod range;
pub mod stall;
pub mod timeout;
