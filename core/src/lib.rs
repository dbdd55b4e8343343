//! Asynchronous time that runs anywhere.
//!
//! Code written once against [`Timer`] runs on embassy, on tokio, and in a test in which an hour passes in a microsecond.
//! All runtimes give the same guarantees. This crate has the trait and the combinators. It needs no runtime and no standard
//! library, and without the feature `alloc` it never allocates. An adapter crate (`anytempo-tokio`, `anytempo-virtual`, ...) plugs in a runtime.
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
//! | you want | take |
//! |---|---|
//! | futures | [`sleep`](Timer::sleep), [`sleep_until`](Timer::sleep_until), [`timeout`](Timer::timeout), [`timeout_at`](Timer::timeout_at), [`stall`](Timer::stall) |
//! | streams | [`countdown`](Timer::countdown), [`range`], [`pace`](StreamTimeExt::pace), [`stall`](StreamTimeExt::stall) |
//! | ticks | [`interval`](Timer::interval), [`interval_after`](Timer::interval_after), [`interval_at`](Timer::interval_at) |
//! | fewer items | [`throttle_latest`](StreamTimeExt::throttle_latest), [`throttle_first`](StreamTimeExt::throttle_first), [`sample`](StreamTimeExt::sample), [`debounce`](StreamTimeExt::debounce) |
//! | silence | [`timeout_each`](StreamTimeExt::timeout_each), [`keep_alive`](StreamTimeExt::keep_alive), [`idle_timeout`](Timer::idle_timeout) |
//! | chunks | [`fold_within`](StreamTimeExt::fold_within), and with `alloc` `chunks_within` |
//! | an end | [`take_for`](StreamTimeExt::take_for), [`take_before`](StreamTimeExt::take_before) |
//! | when an item came | [`timestamped`](StreamTimeExt::timestamped), [`time_between`](StreamTimeExt::time_between) |
//! | waits that fall together | [`slack`](Timer::slack) |
//! | one type for any timer | with `alloc` `DynTimer`; [the guide](guide::choosing_a_timer) says when |
//! | a timer for spawned tasks | [`SendTimer`] |
//! | operators of your own | [`wait::Wait`] |
//! | adapters of your own | [`ticks`] |
//! | one item of a stream | [`next`], [`next_or`] |
//! | streams as code | [`generate`](generate()), [`try_generate`] |
//! | scopes | [`close_on_exit`], [`try_close_on_exit`], and [for streams](StreamTimeExt::close_on_exit) |
//! | what they close | [`closing`], [`closing_async`], [`closing_owned`], [`closing_poll`], [with a limit](Close::close_within), tuples and arrays, anything that is [`Close`] |
//!
//! # Guides
//!
//! - [How do I start?](guide::quick_start) A program on each runtime.
//! - [Which timer do I take in my library?](guide::choosing_a_timer) A parameter, a default for it, `DynTimer`, or an ambient timer.
//! - [What happens to missed ticks?](guide::missed_ticks) The four rates, as drawings.
//! - [What is lost when a future is dropped?](guide::cancel_safety) The grade of each item.
//! - [How do I shut down?](guide::graceful_shutdown) Signals, drains, and closes with a limit.
//! - [How do I test code with timers?](guide::testing) A virtual clock, seeds, traces, clocks that are wrong.
//! - [What does time cost in a firmware?](guide::firmware_sizes) Flash and RAM of each operator.
//! - [Which operator?](guide::operators) What each promises at zero, in a tie and at the end.
//! - [How do I write an operator?](guide::writing_an_operator) And [an adapter](guide::writing_an_adapter)?
//! - How do I move from [`tokio::time`](guide::from_tokio), [futures-time](guide::from_futures_time) or
//!   [`embassy_time`](guide::from_embassy_time)?
//! - [Use it with](guide::use_with) backon, governor, `CancellationToken`, `select!`, opentelemetry and others.
//!
//! # Contract
//!
//! [`Timer`] lists what holds for all of them. [`RawSleep`], [`Instant`] and [`Timer`] list what an adapter has to do.
//!
//! # Features
//!
//! None is on by default.
//!
//! - `alloc`: `DynTimer`, `LocalDynTimer`, `chunks_within`, `CloseStack` and `spawn_on_drop`, which need a heap.
//! - `std`: [`Elapsed`] becomes a `std::io::Error` of kind `TimedOut` by `?`. `std::time::Instant` is an [`Instant`], for adapters.
//! - `defmt`: `defmt::Format` for the errors, `scope::Exit` and the rates.
//!
//! # Cancel safety
//!
//! The documentation of each item grades what happens if it is dropped, or left and polled again later:
//!
//! - **Strict**: nothing is lost, and nothing begins anew.
//! - **Weak**: something is lost or done differently; the documentation says what.
//! - **None**: it must run to its end.
//!
//! [The guide](guide::cancel_safety) has the grade of each item.
#![no_std]
#![deny(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

mod error;
#[cfg(feature = "defmt")]
mod format;
mod instant;
mod loan;
mod never;
mod raw_sleep;
mod send_timer;
mod slack;
mod span;
#[cfg(feature = "std")]
mod std_instant;
mod timer;

#[cfg(feature = "alloc")]
pub mod erased;
pub mod future;
pub mod generate;
pub mod guide;
pub mod scope;
pub mod stream;
pub mod ticks;
pub mod wait;

#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
#[doc(inline)]
pub use erased::DynTimer;
#[cfg(feature = "alloc")]
#[doc(inline)]
pub use erased::{DynInstant, LocalDynTimer};
pub use error::Elapsed;
#[doc(inline)]
pub use generate::{generate, try_generate};
pub use instant::Instant;
pub use raw_sleep::RawSleep;
#[cfg(feature = "alloc")]
#[doc(inline)]
pub use scope::Spawn;
#[doc(inline)]
pub use scope::{
    Close, CloseError, ScopeError, close_on_exit, closing, closing_async, closing_owned,
    closing_poll, try_close_on_exit,
};
pub use send_timer::SendTimer;
pub use slack::{Slack, SlackSleep};
pub use span::Span;
#[doc(inline)]
pub use stream::{StreamTimeExt, next, next_or, range};
pub use timer::{Deadline, Timer};

/// The examples of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
