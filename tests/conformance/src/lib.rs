#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]
//!
//! # Modules
//!
//! - [`suite`] has the promises, one case for each. It needs neither a standard library nor a heap.
//! - `harness` runs the suite as tests. It needs the feature `harness`, which is on by default.
#![cfg_attr(not(feature = "harness"), no_std)]

#[cfg(feature = "harness")]
pub mod harness;
pub mod suite;

#[cfg(feature = "harness")]
pub use harness::{Harness, Tried, Verdict};
#[cfg(feature = "harness")]
pub use suite::Spawns;
pub use suite::{Allowance, Clock, Failure, Outcome, Runtime, Subject};
