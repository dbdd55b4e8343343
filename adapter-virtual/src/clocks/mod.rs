//! Clocks that are as bad as real ones: timers over a timer, for any runtime.
//!
//! | clock | fault | instants | keeps the contract |
//! |---|---|---|---|
//! | [`TickClock`] | counts in ticks | [`Tick`] | yes |
//! | [`DriftClock`] | runs fast or slow, and is ahead of another | [`Instant`](crate::Instant) | yes |
//! | [`JitterClock`] | wakes late, by a seeded jitter | those of its timer | yes |
//! | [`CostClock`] | takes virtual time for each read and each poll | [`Instant`](crate::Instant) | yes |
//! | [`StepClock`] | steps back at given moments | [`Instant`](crate::Instant) | but for the steps |
//!
//! Each takes any [`Timer`], except [`CostClock`], which takes a [`VirtualClock`](crate::VirtualClock). They combine, and the one
//! that counts in ticks goes on top:
//!
//! ```
//! use anytempo::Timer;
//! use anytempo_virtual::clocks::{DriftClock, JitterClock, TickClock};
//! use anytempo_virtual::{Instant, run};
//! use core::time::Duration;
//!
//! run(async |sim| {
//!     let late = JitterClock::new(sim.clone(), 7, Duration::from_micros(300));
//!     let fast = DriftClock::new(late, Instant::START, 200_000);
//!     // 200 ppm fast, up to 300 us late, and in ticks of 1 ms.
//!     let node = TickClock::<_, 1_000_000>::new(fast, Instant::START);
//!
//!     node.sleep(Duration::from_secs(10)).await;
//!     let seconds = sim.elapsed().as_secs_f64();
//!     assert!(seconds > 10.0 / 1.000_2 && seconds < 10.0 + 0.001_3);
//! })
//! .unwrap();
//! ```
//!
//! # Where a clock starts
//!
//! An instant of another timer is opaque. A clock that has instants of its own therefore takes the instant of its timer at which it
//! starts: [`Instant::START`](crate::Instant::START) on a virtual clock, or what `timer.now()` gives. No constructor reads a clock. Before that instant
//! the clock stands still.

mod cost;
mod drift;
mod jitter;
mod steps;
mod ticks;

pub use cost::{CostClock, CostSleep};
pub use drift::{DriftClock, DriftSleep};
pub use jitter::{JitterClock, JitterSleep};
pub use steps::{StepClock, StepSleep};
pub use ticks::{Tick, TickClock, TickSleep};

use core::time::Duration;

use anytempo::{Deadline, Instant as _, Timer};

const SECOND: u128 = 1_000_000_000;

/// A span of this many nanoseconds, if there is one.
fn from_nanos(nanos: u128) -> Option<Duration> {
    let seconds = u64::try_from(nanos / SECOND).ok()?;
    Some(Duration::new(seconds, (nanos % SECOND) as u32))
}

/// The first instant of a timer at which `span` has passed since `start`. Never if there is no span.
fn when<T: Timer>(start: T::Instant, span: Option<Duration>) -> Deadline<T> {
    span.map_or_else(|| None.into(), |span| start.checked_add(T::Instant::delta_ceil(span)))
}
