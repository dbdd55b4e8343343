//! The cases that hold every runtime to what the documentation says, and six small programs that run on each of them.
//!
//! - [`suite`] has the promises, one case for each. It needs neither a standard library nor a heap, as [`programs`] does not.
//! - [`harness`] runs the suite as tests: what the author of an adapter depends on, with the feature `harness`.
//! - [`programs`] are the six programs, each written once over [`anytempo::Timer`]. They are also the examples to begin
//!   with, and name no runtime.
//! - [`runtimes`] is the one place that does. A new runtime is a file there and a row in its table.
//! - [`matrix`] runs every program and every case on every runtime, and says how each of them went.
//! - [`mod@bench`] measures what time costs on every runtime, with the combinators and by hand.
#![cfg_attr(not(feature = "harness"), no_std)]

#[cfg(feature = "program")]
pub mod bench;
#[cfg(feature = "harness")]
pub mod harness;
#[cfg(feature = "program")]
pub mod matrix;
pub mod programs;
#[cfg(feature = "program")]
pub mod runtimes;
pub mod suite;

/// Compiles and runs what the readme shows.
#[cfg(all(doctest, feature = "program"))]
#[doc = include_str!("../../README.md")]
struct Readme;
