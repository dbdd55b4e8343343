#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod executor;
mod timer;

pub use executor::HyperExecutor;
pub use timer::HyperTimer;
