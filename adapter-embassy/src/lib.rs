#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

mod ticks;

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;

use embassy_time::TICK_HZ;

/// embassy's clock. It is a unit struct: there is nothing to keep, and every copy is the same clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct EmbassyTimer;

impl anytempo::Timer for EmbassyTimer {
    type Instant = Instant;
    type Sleep = Sleep;

    #[inline]
    fn now(&self) -> Instant {
        Instant(embassy_time::Instant::now())
    }

    #[inline]
    fn raw_sleep(&self, deadline: Option<Instant>) -> Sleep {
        Sleep { deadline }
    }

    #[inline]
    fn resolution(&self) -> Duration {
        ticks::to_duration::<TICK_HZ>(1)
    }
}

/// A point in time on embassy's clock: an [`embassy_time::Instant`], into which and from which it converts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instant(embassy_time::Instant);

impl anytempo::Instant for Instant {
    /// Ticks, of which there are [`TICK_HZ`] in a second.
    type Delta = u64;

    #[inline]
    fn delta_ceil(duration: Duration) -> u64 {
        ticks::from_duration::<TICK_HZ>(duration)
    }

    #[inline]
    fn to_duration(delta: u64) -> Duration {
        ticks::to_duration::<TICK_HZ>(delta)
    }

    #[inline]
    fn checked_add(self, delta: u64) -> Option<Self> {
        // The last instant means never, because drivers take it for no alarm at all. So does the longest span, because it may
        // stand for a longer one: it leads there from wherever it is added.
        let end = self.0.as_ticks().saturating_add(delta);
        (end < u64::MAX).then(|| Self(embassy_time::Instant::from_ticks(end)))
    }

    #[inline]
    fn checked_after(self, delta: u64) -> Option<Self> {
        self.checked_add(delta.saturating_add(u64::from(delta > 0)))
    }

    #[inline]
    fn saturating_since(self, earlier: Self) -> u64 {
        self.0.as_ticks().saturating_sub(earlier.0.as_ticks())
    }
}

impl From<embassy_time::Instant> for Instant {
    #[inline]
    fn from(instant: embassy_time::Instant) -> Self {
        Self(instant)
    }
}

impl From<Instant> for embassy_time::Instant {
    #[inline]
    fn from(instant: Instant) -> Self {
        instant.0
    }
}

/// A wait on embassy's clock. It is its deadline and nothing else, as embassy's queue knows tasks and not timers.
#[must_use = "futures do nothing unless polled"]
#[derive(Debug)]
pub struct Sleep {
    deadline: Option<Instant>,
}

impl Future for Sleep {
    type Output = ();

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let Some(deadline) = self.deadline else { return Poll::Pending };
        if embassy_time::Instant::now() >= deadline.0 {
            return Poll::Ready(());
        }
        embassy_time_driver::schedule_wake(deadline.0.as_ticks(), cx.waker());
        Poll::Pending
    }
}

impl anytempo::Sleep for Sleep {
    type Instant = Instant;

    #[inline]
    fn reset(mut self: Pin<&mut Self>, deadline: Option<Instant>) {
        self.deadline = deadline;
    }

    #[inline]
    fn deadline(&self) -> Option<Instant> {
        self.deadline
    }
}
