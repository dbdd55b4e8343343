#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]

#[cfg(feature = "spawner")]
mod spawner;

use core::future::Future;
use core::mem;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use core::time::Duration;
use std::sync::OnceLock;

use async_io::Timer;

#[cfg(feature = "spawner")]
pub use spawner::SmolSpawner;

/// smol's clock: a unit struct. Every copy is the same clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct SmolTimer;

impl anytempo::Timer for SmolTimer {
    type Instant = Instant;
    type Sleep = Sleep;

    #[inline]
    fn now(&self) -> Instant {
        Instant(std::time::Instant::now())
    }

    #[inline]
    fn raw_sleep(&self, deadline: Option<Instant>) -> Sleep {
        Sleep { deadline, timer: None }
    }
}

/// A point in time on smol's clock. It converts from and into [`std::time::Instant`].
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

/// A wait on smol's clock.
#[must_use = "futures do nothing unless polled"]
#[derive(Debug)]
pub struct Sleep {
    deadline: Option<Instant>,
    // Made at the first poll, so that a limit that is never armed has none to drop.
    timer: Option<Timer>,
}

impl Future for Sleep {
    type Output = ();

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let Self { deadline: Some(deadline), timer } = &mut *self else { return Poll::Pending };
        let timer = timer.get_or_insert_with(|| Timer::at(deadline.0));
        // The reactor's timer forgets its deadline when it is ready, and is pending forever after.
        while timer.will_fire() {
            let reached = ready!(Pin::new(&mut *timer).poll(cx));
            if reached < deadline.0 {
                // The deadline was moved meanwhile: see `reset`.
                timer.set_at(deadline.0);
            }
        }
        Poll::Ready(())
    }
}

impl anytempo::RawSleep for Sleep {
    type Instant = Instant;

    #[inline]
    fn reset(mut self: Pin<&mut Self>, deadline: Option<Instant>) {
        let before = mem::replace(&mut self.deadline, deadline);
        match (deadline, &mut self.timer) {
            // To set a timer takes a lock and two walks through the reactor's tree. A timer that is set for an earlier time is kept
            // instead, and `poll` sets it again when it fires. Most limits are moved often and never reached.
            (Some(_), Some(timer)) if before <= deadline && timer.will_fire() => {}
            (Some(deadline), Some(timer)) => timer.set_at(deadline.0),
            // A timer that is cleared keeps its waker; one that is dropped does not.
            (None, timer) => *timer = None,
            (Some(_), None) => {}
        }
    }

    #[inline]
    fn deadline(&self) -> Option<Instant> {
        self.deadline
    }
}
