//! What programs really close: files, connections and sinks, on the runtimes that have them.
//!
//! Each is left in every way there is, and then what counts is what others see: the content of the file, what the peer of the
//! connection reads. The clocks are real, so that a test waits for an event and not for a time; a limit for the whole of each test
//! makes a lost wake a failure.
//!
//! The cases in `file.rs` and `tcp.rs` are written once, and are there once for each runtime, with what differs between them:
//! the types, and how a value of theirs is closed where nothing can be awaited.
#![allow(clippy::duplicate_mod, reason = "the same cases, for several runtimes")]

mod exit;
mod on_async_std;
mod on_smol;
mod on_tokio;
mod sink;
