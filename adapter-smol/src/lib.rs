#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

#[cfg(feature = "spawner")]
mod spawner;

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use core::time::Duration;

use async_io::Timer;

#[cfg(feature = "spawner")]
pub use spawner::SmolSpawner;

/// smol's clock. It is a unit struct: there is nothing to keep, and every copy is the same clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct SmolTimer;

impl anytempo::Timer for SmolTimer {
    type Instant = Instant;
    type Sleep = Sleep;

    fn now(&self) -> Instant {
        Instant(std::time::Instant::now())
    }

    fn raw_sleep(&self, deadline: Option<Instant>) -> Sleep {
        Sleep { deadline, timer: timer(deadline), done: false }
    }

    fn resolution(&self) -> Duration {
        Duration::from_nanos(1)
    }
}

/// A point in time on smol's clock: a [`std::time::Instant`], into which and from which it converts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(std::time::Instant);

impl anytempo::Instant for Instant {
    type Delta = Duration;

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
        self.0.saturating_duration_since(earlier.0)
    }
}

impl From<std::time::Instant> for Instant {
    fn from(instant: std::time::Instant) -> Self {
        Self(instant)
    }
}

impl From<Instant> for std::time::Instant {
    fn from(instant: Instant) -> Self {
        instant.0
    }
}

/// A wait on smol's clock.
#[must_use = "futures do nothing unless polled"]
#[derive(Debug)]
pub struct Sleep {
    deadline: Option<Instant>,
    timer: Timer,
    // The reactor's timer is pending for ever once it has been ready.
    done: bool,
}

fn timer(deadline: Option<Instant>) -> Timer {
    deadline.map_or_else(Timer::never, |deadline| Timer::at(deadline.0))
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if !self.done {
            ready!(Pin::new(&mut self.timer).poll(cx));
            self.done = true;
        }
        Poll::Ready(())
    }
}

impl anytempo::Sleep for Sleep {
    type Instant = Instant;

    fn reset(mut self: Pin<&mut Self>, deadline: Option<Instant>) {
        self.deadline = deadline;
        self.done = false;
        match deadline {
            Some(deadline) => self.timer.set_at(deadline.0),
            // A timer that is cleared keeps its waker; one that is dropped does not.
            None => self.timer = Timer::never(),
        }
    }

    fn deadline(&self) -> Option<Instant> {
        self.deadline
    }
}
