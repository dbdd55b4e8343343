#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

mod blocking;
mod delay;
mod span;

pub use blocking::BlockingDelay;
pub use delay::Delay;
