//! A simulated clock and a small deterministic executor, for testing timed async code: an hour passes in a microsecond.
//!
//! A test of code that waits should be exact and take no time. Here time is a number: it stands still while there is
//! anything to do, and jumps to the next deadline once every task waits.
//!
//! ```
//! use anytempo::Timer;
//! use core::time::Duration;
//!
//! anytempo_virtual::run(async |clock| {
//!     clock.sleep(Duration::from_secs(3600)).await;
//!     assert_eq!(clock.elapsed(), Duration::from_secs(3600));
//! })
//! .unwrap();
//! ```
//!
//! Code under test takes a [`Timer`](anytempo::Timer) and is handed a [`VirtualClock`]. There are three ways to drive
//! it:
//!
//! | | who polls | who moves the time |
//! |---|---|---|
//! | [`run`], [`Executor::block_on`], [`Executor::run`] | the executor | the executor, from deadline to deadline |
//! | [`Executor::run_for`], [`run_until`](Executor::run_until), [`run_until_idle`](Executor::run_until_idle) | the executor | you say how far |
//! | [`VirtualClock::advance`] | you, or any other executor | you |
//!
//! The last one needs no executor:
//!
//! ```
//! use anytempo::Timer;
//! use anytempo_virtual::VirtualClock;
//! use core::{future::Future, pin::pin, task::{Context, Waker}, time::Duration};
//!
//! let clock = VirtualClock::new();
//! let mut cx = Context::from_waker(Waker::noop());
//! let mut sleep = pin!(clock.sleep(Duration::from_millis(10)));
//!
//! assert!(sleep.as_mut().poll(&mut cx).is_pending());
//! clock.advance(Duration::from_millis(9));
//! assert!(sleep.as_mut().poll(&mut cx).is_pending());
//! clock.advance(Duration::from_millis(1));
//! assert!(sleep.as_mut().poll(&mut cx).is_ready());
//! ```
//!
//! # What holds
//!
//! - The same program gives the same trace in every run: tasks run in the order they were woken, timers fire in the
//!   order of their deadlines, equal deadlines in the order they were registered.
//! - Nothing here reads a real clock. Clocks share nothing, so that tests run in parallel.
//! - When nothing can ever happen again, [`Deadlock`] says what waits, and where it came from.
//! - Work on other threads is waited for while a [`Hold`] lives.
#![forbid(unsafe_code)]

mod clock;
mod deadlock;
mod executor;
mod hold;
mod instant;
mod join;
mod queue;
mod sleep;
mod spawner;
mod tasks;
mod waits;

pub use clock::VirtualClock;
pub use deadlock::{Deadlock, Waiting};
pub use executor::{Executor, run};
pub use hold::Hold;
pub use instant::Instant;
pub use join::{Aborted, JoinHandle};
pub use sleep::Sleep;
pub use spawner::Spawner;

/// Runs the examples of the readme.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
