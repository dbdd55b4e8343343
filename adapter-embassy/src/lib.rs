#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

#[cfg(feature = "defmt")]
mod format;
mod native;

use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;

use anytempo::{RawSleep as _, ticks};
use embassy_time::TICK_HZ;

/// embassy's clock: a unit struct. Every copy is the same clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[doc(alias = "embassy_time")]
#[doc(alias = "Ticker")]
pub struct EmbassyTimer;

impl anytempo::Timer for EmbassyTimer {
    const PROMPT: bool = true;

    type Instant = Instant;
    type Sleep = Sleep;

    #[inline]
    fn now(&self) -> Instant {
        // The clock is never near `LAST`, so the conversion needs no check.
        Instant { ticks: embassy_time::Instant::now().as_ticks() }
    }

    #[inline]
    fn raw_sleep(&self, deadline: Deadline) -> Sleep {
        Sleep { deadline }
    }
}

/// The ticks of a deadline that is never reached, and of a span that is too long for the clock.
const NEVER: u64 = 1 << 63;

/// The last instant. No clock gets this far: at 1 MHz it takes 146 thousand years, at the highest rate of embassy 27 years.
///
/// The sum of an instant and a span, which has at most `NEVER + 1` ticks, does not wrap.
const LAST: u64 = (1 << 62) - 1;

/// A point in time on embassy's clock. It converts from and into [`embassy_time::Instant`], and compares with it.
///
/// It lies less than 2^62 ticks after the clock's start. Later ones become the last of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instant {
    // At most `LAST`.
    ticks: u64,
}

/// An [`Instant`] to wait for, or never. It converts from and into `Option<Instant>`.
#[derive(Clone, Copy)]
pub struct Deadline {
    // Above `LAST` it is never. Embassy's queue may get to know of one below `NEVER`, which is as good, and costs less.
    ticks: u64,
}

impl Deadline {
    /// The deadline that is never reached.
    pub const NEVER: Self = Self { ticks: NEVER };
}

impl From<Instant> for Deadline {
    #[inline]
    fn from(instant: Instant) -> Self {
        Self { ticks: instant.ticks }
    }
}

impl From<Option<Instant>> for Deadline {
    #[inline]
    fn from(instant: Option<Instant>) -> Self {
        Self { ticks: instant.map_or(NEVER, |it| it.ticks) }
    }
}

impl From<Deadline> for Option<Instant> {
    #[inline]
    fn from(deadline: Deadline) -> Self {
        if deadline.ticks <= LAST { Some(Instant { ticks: deadline.ticks }) } else { None }
    }
}

impl PartialEq for Deadline {
    fn eq(&self, other: &Self) -> bool {
        Option::<Instant>::from(*self) == Option::<Instant>::from(*other)
    }
}

impl Eq for Deadline {}

impl fmt::Debug for Deadline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Option::<Instant>::from(*self).fmt(f)
    }
}

/// A span between two instants: ticks, of which there are [`TICK_HZ`] in a second. It converts from and into
/// [`embassy_time::Duration`].
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
    type Deadline = Deadline;

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
    fn ceil_to(self, span: Ticks) -> Self {
        // No sum wraps: an instant has less than 2^62 ticks, and so has what is added.
        let last = span.get().checked_ilog2().map_or(0, |grid| (1_u64 << grid.min(61)) - 1);
        let ticks = self.ticks.wrapping_add(last) & !last;
        if ticks <= LAST { Self { ticks } } else { self }
    }

    // No sum wraps: see `LAST`.
    #[inline]
    fn checked_add(self, delta: Ticks) -> Deadline {
        Deadline { ticks: self.ticks.wrapping_add(delta.get()) }
    }

    #[inline]
    fn checked_after(self, delta: Ticks) -> Deadline {
        Deadline { ticks: self.ticks.wrapping_add(delta.wait) }
    }

    // No clock gets as far as never.
    #[inline]
    fn has_reached(self, deadline: Deadline) -> bool {
        deadline.ticks <= self.ticks
    }

    #[inline]
    fn saturating_since(self, earlier: Self) -> Ticks {
        if earlier < self {
            // The extra tick of a wait.
            Ticks { wait: self.ticks.wrapping_sub(earlier.ticks).wrapping_add(1) }
        } else {
            Ticks { wait: 0 }
        }
    }
}

/// A wait on embassy's clock. It is its deadline and nothing else, as embassy's queue knows tasks and not timers.
#[must_use = "futures do nothing unless polled"]
#[derive(Debug)]
pub struct Sleep {
    deadline: Deadline,
}

impl Future for Sleep {
    type Output = ();

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if embassy_time::Instant::now().as_ticks() >= self.deadline.ticks {
            return Poll::Ready(());
        }
        self.arm(cx);
        Poll::Pending
    }
}

impl anytempo::RawSleep for Sleep {
    type Instant = Instant;

    #[inline]
    fn reset(mut self: Pin<&mut Self>, deadline: Deadline) {
        self.deadline = deadline;
    }

    #[inline]
    fn deadline(&self) -> Deadline {
        self.deadline
    }

    // embassy wakes at once for what is past, so there is no need to look at the clock.
    #[inline]
    fn arm(self: Pin<&mut Self>, cx: &mut Context<'_>) {
        // Never has no place in embassy's queue, which is short.
        if self.deadline.ticks < NEVER {
            embassy_time_driver::schedule_wake(self.deadline.ticks, cx.waker());
        }
    }
}
