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

    fn now(&self) -> Instant {
        Instant(embassy_time::Instant::now())
    }

    fn raw_sleep(&self, deadline: Option<Instant>) -> Sleep {
        Sleep::new(deadline)
    }

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

    fn delta_ceil(duration: Duration) -> u64 {
        ticks::from_duration::<TICK_HZ>(duration)
    }

    fn to_duration(delta: u64) -> Duration {
        ticks::to_duration::<TICK_HZ>(delta)
    }

    fn checked_add(self, delta: u64) -> Option<Self> {
        Self::before_never(self.0.as_ticks().saturating_add(delta))
    }

    fn checked_after(self, delta: u64) -> Option<Self> {
        let begun = u64::from(delta > 0);
        Self::before_never(self.0.as_ticks().saturating_add(delta).saturating_add(begun))
    }

    fn saturating_since(self, earlier: Self) -> u64 {
        self.0.as_ticks().saturating_sub(earlier.0.as_ticks())
    }
}

/// Both ends of the range mean never: the longest span, because it may stand for a longer one, and the last instant,
/// because drivers take it for no alarm at all.
const NEVER: u64 = u64::MAX;

impl Instant {
    fn before_never(ticks: u64) -> Option<Self> {
        (ticks < NEVER).then(|| Self(embassy_time::Instant::from_ticks(ticks)))
    }
}

impl From<embassy_time::Instant> for Instant {
    fn from(instant: embassy_time::Instant) -> Self {
        Self(instant)
    }
}

impl From<Instant> for embassy_time::Instant {
    fn from(instant: Instant) -> Self {
        instant.0
    }
}

/// A wait on embassy's clock. It is its deadline and nothing else, as embassy's queue knows tasks and not timers.
#[must_use = "futures do nothing unless polled"]
#[derive(Debug)]
pub struct Sleep {
    /// In ticks; `NEVER`, for which an `Option` would need as much room again.
    deadline: u64,
}

impl Sleep {
    fn new(deadline: Option<Instant>) -> Self {
        Self { deadline: deadline.map_or(NEVER, |it| it.0.as_ticks()) }
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.deadline != NEVER {
            if embassy_time::Instant::now().as_ticks() >= self.deadline {
                return Poll::Ready(());
            }
            embassy_time_driver::schedule_wake(self.deadline, cx.waker());
        }
        Poll::Pending
    }
}

impl anytempo::Sleep for Sleep {
    type Instant = Instant;

    fn reset(mut self: Pin<&mut Self>, deadline: Option<Instant>) {
        *self = Self::new(deadline);
    }

    fn deadline(&self) -> Option<Instant> {
        Instant::before_never(self.deadline)
    }
}
