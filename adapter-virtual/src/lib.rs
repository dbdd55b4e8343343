//! A simulated clock and a small deterministic executor, for testing timed async code: an hour passes in a microsecond.
//!
//! Time is a number here. It stands still while a task is ready, and jumps to the next deadline when every task waits. A
//! test of timed code is therefore exact and takes no real time.
//!
//! ```
//! use anytempo::Timer;
//! use core::time::Duration;
//!
//! anytempo_virtual::run(async |sim| {
//!     sim.sleep(Duration::from_secs(3600)).await;
//!     assert_eq!(sim.elapsed(), Duration::from_secs(3600));
//! })
//! .unwrap();
//! ```
//!
//! The code under test takes a [`Timer`](anytempo::Timer); the test passes a [`VirtualClock`]. There are three ways to
//! drive it:
//!
//! | call | polls tasks | moves the time |
//! |---|---|---|
//! | [`run`], [`Executor::block_on`], [`Executor::run`] | the executor | the executor, from deadline to deadline |
//! | [`Executor::run_for`], [`run_until`](Executor::run_until), [`run_until_idle`](Executor::run_until_idle) | the executor | the executor, up to the time that you give |
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
//! The guide [How do I test code with timers?](https://docs.rs/anytempo/latest/anytempo/guide/testing/) goes through all of it.
//!
//! # Many schedules
//!
//! Without a seed everything is first-come, so a program has one run. [`explore`] runs a body under one seed after the other. A
//! [`Seed`] chooses which of the ready tasks is polled next, and which of the timers with one deadline fires first. A failure names
//! its seed, and the fewest choices that lead to it. `ANYTEMPO_SEED` replays either. [`Simulation`] makes one run with a seed, and
//! has limits.
//!
//! Streams can be written and compared as timelines, such as `"ab--c|"`: see [`marbles`]. Clocks that tick, drift, jitter or step
//! back, for nodes that disagree about the time, are in [`clocks`].
//!
//! # Guarantees
//!
//! - The same program gives the same trace in every run. Tasks run in the order of their wakes. Timers fire in the order of
//!   their deadlines, and equal deadlines in the order of registration.
//! - The same seed gives the same run, on every machine and in every version with the same minor number.
//! - No real clock is read, but for a limit on real time and for the rate of an exploration. Clocks share nothing, so tests can run in parallel.
//! - A [`Deadlock`] is an error. It says what waits and for what, where that was spawned, and what would help.
//! - Any thread may poll, advance and wake. No wake is lost, and no executor moves the time while a [`Hold`] lives.
#![forbid(unsafe_code)]

mod ambient;
mod body;
mod clock;
mod current;
mod deadlock;
mod executor;
mod explore;
mod firing;
mod hold;
mod instant;
mod join;
mod limits;
mod pending;
mod queue;
mod schedule;
mod send_join;
mod send_spawner;
mod settled;
mod simulation;
mod sleep;
mod spawner;
mod task;
mod tasks;
mod trace;
mod waits;

pub mod clocks;
pub mod marbles;

pub use ambient::AmbientClock;
pub use clock::VirtualClock;
pub use deadlock::Deadlock;
pub use executor::Executor;
pub use explore::{Exploration, Explored, Failure, explore};
pub use hold::Hold;
pub use instant::Instant;
pub use join::{Aborted, JoinHandle};
pub use limits::{Limit, LimitReached, Stopped};
pub use pending::PendingWait;
pub use schedule::{ParseSeedError, Seed};
pub use send_join::SendJoinHandle;
pub use send_spawner::SendSpawner;
pub use settled::Settled;
pub use simulation::{Sim, Simulation, run};
pub use sleep::Sleep;
pub use spawner::Spawner;
pub use task::{Awaited, Task, TaskState};
pub use trace::{Event, EventKind, Trace};

/// Runs the examples of the readme.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
