//! A clock with so many ticks a second, whose ticks need not be whole nanoseconds.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;

use anytempo::{RawSleep, Timer};
use anytempo_virtual::{Instant as Truth, Sleep, VirtualClock};

const NANOS: u128 = 1_000_000_000;

fn from_nanos(nanos: u128) -> Option<Duration> {
    Some(Duration::new(u64::try_from(nanos / NANOS).ok()?, (nanos % NANOS) as u32))
}

#[derive(Clone, Debug)]
pub(crate) struct HzClock<const HZ: u64>(pub(crate) VirtualClock);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Tick<const HZ: u64>(pub(crate) u64);

impl<const HZ: u64> Tick<HZ> {
    /// The first nanosecond of the truth at which the clock reads this.
    pub(crate) fn begin(self) -> Option<Truth> {
        from_nanos((u128::from(self.0) * NANOS).div_ceil(HZ.into())).map(Truth::at)
    }
}

impl<const HZ: u64> anytempo::Instant for Tick<HZ> {
    type Delta = u64;
    type Deadline = Option<Self>;

    fn delta_ceil(duration: Duration) -> u64 {
        let ticks = duration.as_nanos().checked_mul(HZ.into()).map(|it| it.div_ceil(NANOS));
        ticks.and_then(|it| u64::try_from(it).ok()).unwrap_or(u64::MAX)
    }

    fn to_duration(delta: u64) -> Duration {
        from_nanos(u128::from(delta) * NANOS / u128::from(HZ)).unwrap_or(Duration::MAX)
    }

    fn checked_add(self, delta: u64) -> Option<Self> {
        if delta == u64::MAX { None } else { self.0.checked_add(delta).map(Self) }
    }

    fn checked_after(self, delta: u64) -> Option<Self> {
        self.checked_add(delta)?.checked_add(u64::from(delta > 0))
    }

    fn saturating_since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

impl<const HZ: u64> Timer for HzClock<HZ> {
    type Instant = Tick<HZ>;
    type Sleep = HzSleep<HZ>;

    fn now(&self) -> Tick<HZ> {
        let ticks = self.0.elapsed().as_nanos() * u128::from(HZ) / NANOS;
        Tick(u64::try_from(ticks).unwrap_or(u64::MAX))
    }

    fn raw_sleep(&self, deadline: Option<Tick<HZ>>) -> HzSleep<HZ> {
        HzSleep { deadline, sleep: self.0.raw_sleep(deadline.and_then(Tick::begin)) }
    }
}

pub(crate) struct HzSleep<const HZ: u64> {
    deadline: Option<Tick<HZ>>,
    sleep: Sleep,
}

impl<const HZ: u64> Future for HzSleep<HZ> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        Pin::new(&mut self.sleep).poll(cx)
    }
}

impl<const HZ: u64> RawSleep for HzSleep<HZ> {
    type Instant = Tick<HZ>;

    fn reset(mut self: Pin<&mut Self>, deadline: Option<Tick<HZ>>) {
        self.deadline = deadline;
        Pin::new(&mut self.sleep).reset(deadline.and_then(Tick::begin));
    }

    fn deadline(&self) -> Option<Tick<HZ>> {
        self.deadline
    }
}
