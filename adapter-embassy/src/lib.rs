#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

mod ticks;

use core::cmp::Ordering;
use core::fmt;
use core::future::Future;
use core::num::NonZeroU64;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;

use embassy_time::TICK_HZ;

/// embassy's clock. It is a unit struct: there is nothing to keep, and every copy is the same clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct EmbassyTimer;

impl anytempo::Timer for EmbassyTimer {
    const PROMPT: bool = true;

    type Instant = Instant;
    type Sleep = Sleep;

    #[inline]
    fn now(&self) -> Instant {
        embassy_time::Instant::now().into()
    }

    #[inline]
    fn raw_sleep(&self, deadline: Option<Instant>) -> Sleep {
        Sleep { deadline }
    }

    // Too large to be had more than once in a program.
    #[inline(never)]
    fn deadline_after(&self, delta: u64) -> Option<Instant> {
        let left = !embassy_time::Instant::now().as_ticks();
        let left = left.checked_sub(delta)?.checked_sub(u64::from(delta > 0))?;
        Some(Instant { left: NonZeroU64::new(left)? })
    }

    #[inline]
    fn resolution(&self) -> Duration {
        ticks::to_duration::<TICK_HZ>(1)
    }
}

/// A point in time on embassy's clock: an [`embassy_time::Instant`], into which and from which it converts.
///
/// Embassy's last instant is not among them, as drivers take it for no alarm at all; the one before stands in for it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Instant {
    // How many ticks are left to embassy's last instant. So `None`, for never, is that instant, an `Option` takes no more
    // room, and nothing but a subtraction is needed for a deadline that may be out of range.
    left: NonZeroU64,
}

impl Instant {
    const fn from_ticks(ticks: u64) -> Self {
        match NonZeroU64::new(!ticks) {
            Some(left) => Self { left },
            None => Self { left: NonZeroU64::MIN },
        }
    }

    const fn ticks(self) -> u64 {
        !self.left.get()
    }
}

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
        let left = self.left.get().checked_sub(delta)?;
        Some(Self { left: NonZeroU64::new(left)? })
    }

    #[inline]
    fn checked_after(self, delta: u64) -> Option<Self> {
        self.checked_add(delta.saturating_add(u64::from(delta > 0)))
    }

    #[inline]
    fn saturating_since(self, earlier: Self) -> u64 {
        self.ticks().saturating_sub(earlier.ticks())
    }
}

impl Ord for Instant {
    fn cmp(&self, other: &Self) -> Ordering {
        other.left.cmp(&self.left)
    }
}

impl PartialOrd for Instant {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Instant").field(&self.ticks()).finish()
    }
}

impl From<embassy_time::Instant> for Instant {
    #[inline]
    fn from(instant: embassy_time::Instant) -> Self {
        Self::from_ticks(instant.as_ticks())
    }
}

impl From<Instant> for embassy_time::Instant {
    #[inline]
    fn from(instant: Instant) -> Self {
        Self::from_ticks(instant.ticks())
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
        if let Some(deadline) = self.deadline {
            if embassy_time::Instant::now().as_ticks() >= deadline.ticks() {
                return Poll::Ready(());
            }
            embassy_time_driver::schedule_wake(deadline.ticks(), cx.waker());
        }
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
