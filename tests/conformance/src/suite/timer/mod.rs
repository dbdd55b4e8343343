//! What an adapter promises: the contract in `core/src/timer.rs`.

pub mod cancel;
pub mod extremes;
#[cfg(feature = "harness")]
pub mod host;
pub mod slack;
pub mod timer_contract;
