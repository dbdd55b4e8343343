//! Six small programs and the conformance suite, on every runtime.
//!
//! - [`programs`] are the six programs, each written once over [`anytempo::Timer`]. They are also the examples to begin
//!   with, and name no runtime. They need neither a standard library nor a heap.
//! - [`runtimes`] is the one place that does. A new runtime is a file there and a row in its table.
//! - [`matrix`] runs every program and every case on every runtime, and says how each of them went.
//! - [`mod@bench`] measures what time costs on every runtime, with the combinators and by hand.
//! - [`report`] makes one HTML page of what the others have written.
//! - [`stdio`] has the standard streams as they are, and [`words`] says an error in words.
#![cfg_attr(not(feature = "program"), no_std)]

#[cfg(feature = "program")]
pub mod bench;
#[cfg(feature = "program")]
pub mod matrix;
pub mod programs;
#[cfg(feature = "program")]
pub mod report;
#[cfg(feature = "program")]
pub mod runtimes;
#[cfg(feature = "program")]
pub mod stdio;
#[cfg(feature = "program")]
pub mod words;

/// Compiles and runs what the readme shows.
#[cfg(all(doctest, feature = "program"))]
#[doc = include_str!("../../../README.md")]
struct Readme;

/// The same for the first steps on each runtime.
#[cfg(all(doctest, feature = "program"))]
#[doc = include_str!("../../../core/src/guide/quick_start.md")]
struct QuickStart;

/// The same for firmware with embassy-time.
#[cfg(all(doctest, feature = "program"))]
#[doc = include_str!("../../../core/src/guide/from_embassy_time.md")]
struct FromEmbassyTime;
