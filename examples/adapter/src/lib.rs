//! A complete adapter: the anytempo timer on a clock of its own, whose waits are kept by one thread.
//!
//! Copy it for a runtime of yours. The README of `anytempo-conformance` walks through it. It has three parts, and each keeps one
//! part of the contract:
//!
//! - [`Instant`] is the arithmetic: nothing panics or wraps, and a deadline out of range is never.
//! - [`Sleep`] is the wait: no clock is read before the first poll, and readiness comes from the clock.
//! - `keeper.rs` is the runtime: it wakes the newest waker of each wait, and no waker under its lock.
#![forbid(unsafe_code)]

mod keeper;

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;
use std::sync::Arc;

use crate::keeper::{Keeper, Place};

/// A clock that starts at zero, with a thread that wakes its waits. Clones share the clock.
///
/// - The thread starts with the first wait, and ends when the last clone and the last wait are dropped.
/// - The clock is as precise as [`std::time::Instant`]. A wake comes as soon as the operating system lets the thread run.
#[derive(Clone, Debug)]
pub struct ThreadClock {
    keeper: Arc<Keeper>,
}

impl ThreadClock {
    /// A clock that reads zero now.
    pub fn new() -> Self {
        Self { keeper: Arc::new(Keeper::new()) }
    }
}

impl Default for ThreadClock {
    fn default() -> Self {
        Self::new()
    }
}

impl anytempo::Timer for ThreadClock {
    type Instant = Instant;
    type Sleep = Sleep;

    fn now(&self) -> Instant {
        self.keeper.now()
    }

    fn raw_sleep(&self, deadline: Option<Instant>) -> Sleep {
        // Only a number: neither the clock nor the thread is touched before the first poll.
        Sleep { clock: self.clone(), deadline, place: None }
    }
}

/// A point in time: the span since the start of its clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(Duration);

impl anytempo::Instant for Instant {
    // The clock counts in nanoseconds, as `Duration` does, so there is nothing to convert or to round.
    type Delta = Duration;
    type Deadline = Option<Self>;

    fn delta_ceil(duration: Duration) -> Duration {
        duration
    }

    fn to_duration(delta: Duration) -> Duration {
        delta
    }

    fn checked_add(self, delta: Duration) -> Option<Self> {
        self.0.checked_add(delta).map(Self)
    }

    fn saturating_since(self, earlier: Self) -> Duration {
        self.0.saturating_sub(earlier.0)
    }
}

/// A wait on a [`ThreadClock`].
#[must_use = "futures do nothing unless polled"]
#[derive(Debug)]
pub struct Sleep {
    clock: ThreadClock,
    deadline: Option<Instant>,
    /// Where its waker is kept, if it is.
    place: Option<Place>,
}

impl Sleep {
    fn give_up_waker(&mut self) {
        if let Some(place) = self.place.take() {
            self.clock.keeper.forget(place);
        }
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let Self { clock, deadline, place } = &mut *self;
        let Some(deadline) = *deadline else { return Poll::Pending };
        // The clock decides, and not whether the thread has had its turn.
        if clock.keeper.now() >= deadline {
            self.give_up_waker();
            return Poll::Ready(());
        }
        // If the deadline passes right here, the thread finds it past, and wakes at once.
        clock.keeper.keep(place, deadline, cx.waker());
        Poll::Pending
    }
}

impl anytempo::RawSleep for Sleep {
    type Instant = Instant;

    fn reset(mut self: Pin<&mut Self>, deadline: Option<Instant>) {
        self.deadline = deadline;
        self.give_up_waker();
    }

    fn deadline(&self) -> Option<Instant> {
        self.deadline
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        self.give_up_waker();
    }
}
