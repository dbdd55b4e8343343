//! Write your own operator: [`Wait`], a reusable timer that behaves the same on every runtime.
//!
//! Runtimes differ at the edges: for a deadline that is past, a zero delay, a span that overflows. [`Wait`] makes them
//! equal. `sleep`, `timeout` and `stall` are built on it, and so is this stream, which reports each gap in a source:
//!
//! ```
//! use anytempo::{Elapsed, Timer, next, range, wait::Wait};
//! use core::{pin::{Pin, pin}, task::{Context, Poll, ready}, time::Duration};
//! use futures_core::Stream;
//!
//! pin_project_lite::pin_project! {
//!     /// Gives `Err(Elapsed)` each time the source stays silent for `limit`.
//!     struct Gaps<S, T: Timer> {
//!         #[pin]
//!         source: S,
//!         #[pin]
//!         wait: Wait<T>,
//!         limit: Duration,
//!     }
//! }
//!
//! impl<S, T: Timer> Gaps<S, T> {
//!     fn new(source: S, timer: T, limit: Duration) -> Self {
//!         Self { source, wait: Wait::after(timer, limit), limit }
//!     }
//! }
//!
//! impl<S: Stream, T: Timer> Stream for Gaps<S, T> {
//!     type Item = Result<S::Item, Elapsed>;
//!
//!     fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
//!         let mut this = self.project();
//!         // The source comes first: in a tie the item wins.
//!         if let Poll::Ready(item) = this.source.poll_next(cx) {
//!             match item {
//!                 Some(_) => this.wait.as_mut().reset(*this.limit),
//!                 // The end gives up the timer.
//!                 None => this.wait.as_mut().disarm(),
//!             }
//!             return Poll::Ready(item.map(Ok));
//!         }
//!         // A reset takes effect with this poll.
//!         ready!(this.wait.as_mut().poll_limit(cx));
//!         this.wait.as_mut().reset(*this.limit);
//!         Poll::Ready(Some(Err(Elapsed::new())))
//!     }
//! }
//! # use anytempo::StreamTimeExt;
//! # let clock = anytempo_virtual::VirtualClock::new();
//! # anytempo_virtual::Executor::new(&clock).block_on(async {
//! # let second = Duration::from_secs(1);
//! # let slow = range(1..=2).pace(&clock, second * 5);
//! # let mut gaps = pin!(Gaps::new(slow, &clock, second * 2));
//! # assert_eq!(next(&mut gaps).await, Some(Ok(1)));
//! # assert_eq!(next(&mut gaps).await, Some(Err(Elapsed::new())));
//! # assert_eq!(next(&mut gaps).await, Some(Err(Elapsed::new())));
//! # assert_eq!(next(&mut gaps).await, Some(Ok(2)));
//! # assert_eq!(next(&mut gaps).await, None);
//! # assert_eq!(clock.elapsed(), second * 5);
//! # assert_eq!(clock.pending(), []);
//! # }).unwrap();
//! ```
//!
//! The guide [How do I write an operator?](crate::guide::writing_an_operator) begins earlier and goes on. Rules for operators:
//!
//! - Poll every timer that you still need before you return `Pending`. Some runtimes keep one wake-up per task.
//! - Return `Pending` only if a child returned `Pending` in the same poll, or after you have woken the task.
//! - Pass the caller's context on unchanged.
//! - Reset a `Wait` and keep it. A new one in each turn of a loop may never end.
//! - Give up the timer when the operator is over: [`disarm`](Wait::disarm).

mod pacer;
mod state;
mod tick;
#[allow(clippy::module_inception)]
mod wait;

use core::task::{Context, Poll};
use core::time::Duration;

pub(crate) use pacer::Pacer;
pub use wait::Wait;

use crate::instant::Instant;
use crate::timer::{Deadline, Timer};

pub(crate) type Delta<T> = <<T as Timer>::Instant as Instant>::Delta;

/// Whether a wait of this span has nothing to wait for.
pub(crate) fn is_zero<T: Timer>(delta: Delta<T>) -> bool {
    delta == T::Instant::delta_ceil(Duration::ZERO)
}

/// The deadline that is never reached.
pub(crate) fn never<T: Timer>() -> Deadline<T> {
    Deadline::<T>::from(None::<T::Instant>)
}

/// Lets other tasks run first.
pub(crate) fn yield_now(cx: &mut Context<'_>) -> Poll<()> {
    cx.waker().wake_by_ref();
    Poll::Pending
}
