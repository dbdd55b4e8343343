#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

#[cfg(feature = "spawner")]
mod spawner;

use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use core::time::Duration;
use std::sync::OnceLock;

use anytempo::Timer as _;
use compio_runtime::time::sleep_until;

#[cfg(feature = "spawner")]
pub use spawner::CompioSpawner;

/// compio's clock: a unit struct. Every copy is the same clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct CompioTimer;

impl anytempo::Timer for CompioTimer {
    type Instant = Instant;
    type Sleep = Sleep;

    #[inline]
    fn now(&self) -> Instant {
        Instant(std::time::Instant::now())
    }

    #[inline]
    fn raw_sleep(&self, deadline: Option<Instant>) -> Sleep {
        Sleep { deadline, wait: None }
    }
}

/// A point in time on compio's clock. It converts from and into [`std::time::Instant`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(std::time::Instant);

impl anytempo::Instant for Instant {
    type Delta = Duration;
    type Deadline = Option<Self>;

    #[inline]
    fn delta_ceil(duration: Duration) -> Duration {
        duration
    }

    #[inline]
    fn to_duration(delta: Duration) -> Duration {
        delta
    }

    #[inline]
    fn checked_add(self, delta: Duration) -> Option<Self> {
        self.0.checked_add(delta).map(Self)
    }

    #[inline]
    fn ceil_to(self, span: Duration) -> Self {
        // The clock does not tell where it starts. Any instant will do for all, such as the first one that is rounded.
        static START: OnceLock<std::time::Instant> = OnceLock::new();
        let start = *START.get_or_init(|| self.0);
        let grid = u64::try_from(span.as_nanos()).unwrap_or(u64::MAX).checked_ilog2();
        let last = grid.map_or(0, |grid| (1_u64 << grid) - 1);
        // One of the two is zero, as the instant is before or after the start. A grid is a power of two, so 64 bits are enough.
        let since = self.0.saturating_duration_since(start).as_nanos() as u64;
        let before = start.saturating_duration_since(self.0).as_nanos() as u64;
        let late = Duration::from_nanos(before.wrapping_sub(since) & last);
        Self(self.0.checked_add(late).unwrap_or(self.0))
    }

    #[inline]
    fn saturating_since(self, earlier: Self) -> Duration {
        self.0.saturating_duration_since(earlier.0)
    }
}

impl From<std::time::Instant> for Instant {
    #[inline]
    fn from(instant: std::time::Instant) -> Self {
        Self(instant)
    }
}

impl From<Instant> for std::time::Instant {
    #[inline]
    fn from(instant: Instant) -> Self {
        instant.0
    }
}

/// A wait on compio's clock. It is not `Send`: each thread has a runtime of its own.
#[must_use = "futures do nothing unless polled"]
pub struct Sleep {
    deadline: Option<Instant>,
    // compio's wait has no name. It is made at the first poll, as it belongs to the runtime of the thread.
    wait: Option<Pin<Box<dyn Future<Output = ()>>>>,
}

impl Future for Sleep {
    type Output = ();

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let Some(deadline) = self.deadline else { return Poll::Pending };
        // compio's timers become ready in a turn of its runtime. A task that does not let it have one looks at the clock.
        if CompioTimer.now() < deadline {
            let wait = self.wait.get_or_insert_with(|| Box::pin(sleep_until(deadline.0)));
            ready!(wait.as_mut().poll(cx));
        }
        self.wait = None;
        Poll::Ready(())
    }
}

impl anytempo::RawSleep for Sleep {
    type Instant = Instant;

    #[inline]
    fn reset(mut self: Pin<&mut Self>, deadline: Option<Instant>) {
        self.deadline = deadline;
        self.wait = None;
    }

    #[inline]
    fn deadline(&self) -> Option<Instant> {
        self.deadline
    }
}

impl fmt::Debug for Sleep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sleep").field("deadline", &self.deadline).finish_non_exhaustive()
    }
}
