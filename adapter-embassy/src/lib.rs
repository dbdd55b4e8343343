#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

mod ticks;

use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;

use anytempo::Sleep as _;
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
        Sleep { at: deadline.map_or(NEVER, |it| it.ticks) }
    }

    #[inline]
    fn raw_sleep_after(&self, delta: Ticks) -> Sleep {
        // The clock is never near `NEVER`, so that the sum does not wrap: it is a tick that the clock can tell, or never.
        Sleep { at: embassy_time::Instant::now().as_ticks().wrapping_add(delta.wait) }
    }

    #[inline]
    fn reset_after(&self, mut sleep: Pin<&mut Sleep>, delta: Ticks) {
        sleep.set(self.raw_sleep_after(delta));
    }

    #[inline]
    fn resolution(&self) -> Duration {
        ticks::to_duration::<TICK_HZ>(1)
    }
}

/// No clock gets so far, which at 1 MHz is after 292 thousand years. From here on a deadline is never.
const NEVER: u64 = 1 << 63;

/// A point in time on embassy's clock: an [`embassy_time::Instant`], into which and from which it converts.
///
/// It lies less than 2^63 ticks after the clock's beginning. The last of them stands in for all that are later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instant {
    ticks: u64,
}

impl Instant {
    /// `None` for never.
    const fn from_ticks(ticks: u64) -> Option<Self> {
        if ticks < NEVER { Some(Self { ticks }) } else { None }
    }
}

/// A span between two instants: ticks, of which there are [`TICK_HZ`] in a second.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ticks {
    // How long a wait for it takes: a tick more, as it may begin late in one, except that for nothing there is no wait. That
    // is what a countdown needs in each of its ticks.
    wait: u64,
}

impl Ticks {
    const fn new(ticks: u64) -> Self {
        Self { wait: if ticks > 0 { ticks + 1 } else { 0 } }
    }

    /// How many they are.
    #[inline]
    pub const fn get(self) -> u64 {
        self.wait.saturating_sub(1)
    }
}

impl fmt::Debug for Ticks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Ticks").field(&self.get()).finish()
    }
}

impl anytempo::Instant for Instant {
    type Delta = Ticks;

    #[inline]
    fn delta_ceil(duration: Duration) -> Ticks {
        let ticks = ticks::from_duration::<TICK_HZ>(duration);
        // What is too long for the clock is just long enough to be never, from wherever it counts.
        Ticks::new(if ticks < NEVER { ticks } else { NEVER })
    }

    #[inline]
    fn to_duration(delta: Ticks) -> Duration {
        ticks::to_duration::<TICK_HZ>(delta.get())
    }

    #[inline]
    fn checked_add(self, delta: Ticks) -> Option<Self> {
        Self::from_ticks(self.ticks.saturating_add(delta.get()))
    }

    #[inline]
    fn checked_after(self, delta: Ticks) -> Option<Self> {
        Self::from_ticks(self.ticks.saturating_add(delta.wait))
    }

    #[inline]
    fn saturating_since(self, earlier: Self) -> Ticks {
        Ticks::new(self.ticks.saturating_sub(earlier.ticks))
    }
}

impl From<embassy_time::Instant> for Instant {
    #[inline]
    fn from(instant: embassy_time::Instant) -> Self {
        let ticks = instant.as_ticks();
        Self { ticks: if ticks < NEVER { ticks } else { NEVER - 1 } }
    }
}

impl From<Instant> for embassy_time::Instant {
    #[inline]
    fn from(instant: Instant) -> Self {
        Self::from_ticks(instant.ticks)
    }
}

/// A wait on embassy's clock. It is its deadline and nothing else, as embassy's queue knows tasks and not timers.
#[must_use = "futures do nothing unless polled"]
#[derive(Debug)]
pub struct Sleep {
    at: u64,
}

impl Future for Sleep {
    type Output = ();

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if embassy_time::Instant::now().as_ticks() >= self.at {
            return Poll::Ready(());
        }
        self.arm(cx);
        Poll::Pending
    }
}

impl anytempo::Sleep for Sleep {
    type Instant = Instant;

    #[inline]
    fn reset(mut self: Pin<&mut Self>, deadline: Option<Instant>) {
        self.at = deadline.map_or(NEVER, |it| it.ticks);
    }

    #[inline]
    fn reset_by(mut self: Pin<&mut Self>, delta: Ticks) {
        // It was reached, so it is near no end.
        self.at = self.at.wrapping_add(delta.get());
    }

    #[inline]
    fn deadline(&self) -> Option<Instant> {
        Instant::from_ticks(self.at)
    }

    // embassy wakes at once for what is past, so that there is no need to look at the clock.
    #[inline]
    fn arm(self: Pin<&mut Self>, cx: &mut Context<'_>) {
        // What is never has no place in embassy's queue, where there are not many.
        if self.at < NEVER {
            embassy_time_driver::schedule_wake(self.at, cx.waker());
        }
    }
}
