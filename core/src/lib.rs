//! Asynchronous time that runs anywhere.
//!
//! Code written once against [`Timer`] runs on embassy, on tokio, and in a test in which an hour passes in a microsecond, and
//! keeps the same promises in all of them. This crate has the trait and what is built on it: no runtime, no standard library,
//! no heap. An adapter crate (`anytempo-tokio`, `anytempo-virtual`, ...) plugs in a runtime.
//!
//! ```
//! use anytempo::{Timer, next};
//! use core::{pin::pin, time::Duration};
//!
//! async fn launch(timer: impl Timer) -> &'static str {
//!     let mut numbers = pin!(timer.countdown(10, Duration::from_secs(1)));
//!     while let Some(number) = next(&mut numbers).await {
//!         println!("{number}");
//!     }
//!     "lift-off"
//! }
//!
//! let clock = anytempo_virtual::VirtualClock::new();
//! let executor = anytempo_virtual::Executor::new(&clock);
//! assert_eq!(executor.block_on(launch(clock.clone())).unwrap(), "lift-off");
//! assert_eq!(clock.elapsed(), Duration::from_secs(10));
//! ```
//!
//! # What there is
//!
//! | | |
//! |---|---|
//! | futures | [`sleep`](Timer::sleep), [`sleep_until`](Timer::sleep_until), [`timeout`](Timer::timeout), [`timeout_at`](Timer::timeout_at), [`stall`](Timer::stall) |
//! | streams | [`countdown`](Timer::countdown), [`range`], [`pace`](StreamTimeExt::pace), [`stall`](StreamTimeExt::stall) |
//! | the protocol by hand | [`next`], [`next_or`] |
//! | streams as code | [`generate`](generate()), [`try_generate`] |
//! | scopes | [`close_on_exit`], [`try_close_on_exit`], and [for streams](StreamTimeExt::close_on_exit) |
//! | what they close | [`closing`], [`closing_async`], [`closing_poll`], tuples and arrays, anything that is [`Close`] |
//!
//! What holds for all of it is said at [`Timer`]; what an adapter has to do, at [`Sleep`] and [`Instant`].
//!
//! # Cancel safety
//!
//! The documentation of each item grades what happens if it is dropped, or left and polled again later:
//!
//! - **Strict**: nothing is lost, and nothing begins anew.
//! - **Weak**: something is lost or done differently; what, is said.
//! - **None**: it must run to its end.
#![no_std]
#![deny(unsafe_code)]

#[cfg(feature = "alloc")]
extern crate alloc;

mod error;
mod loan;
mod timer;
mod wait;

pub mod future;
pub mod generate;
pub mod scope;
pub mod stream;

pub use error::Elapsed;
pub use generate::{generate, try_generate};
#[cfg(feature = "alloc")]
pub use scope::Spawn;
pub use scope::{
    Close, CloseError, ScopeError, close_on_exit, closing, closing_async, closing_owned,
    closing_poll, try_close_on_exit,
};
pub use stream::{StreamTimeExt, next, next_or, range};
pub use timer::{Instant, Sleep, Timer};
