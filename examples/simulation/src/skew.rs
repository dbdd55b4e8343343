//! A clock that is fast or slow, and starts at an offset.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;

use anytempo::{RawSleep, Timer};
use anytempo_virtual::{Instant, Sim};

const MILLION: u128 = 1_000_000;

/// A timer on the clock of a simulation, which is fast or slow against it.
///
/// It reads `offset` at the start, and moves by `rate` microseconds in each second of true time.
#[derive(Clone, Debug)]
pub struct Skewed {
    sim: Sim,
    offset: Duration,
    rate: u32,
}

impl Skewed {
    /// A clock that is exact at a rate of 1,000,000.
    pub fn new(sim: &Sim, offset: Duration, rate: u32) -> Skewed {
        Skewed { sim: sim.clone(), offset, rate }
    }

    /// The first moment of true time at which this clock reads `deadline`.
    fn to_true(&self, deadline: Instant) -> Instant {
        let nanos = deadline.since_start().saturating_sub(self.offset).as_nanos();
        Instant::at(from_nanos((nanos * MILLION).div_ceil(self.rate.into())))
    }
}

fn from_nanos(nanos: u128) -> Duration {
    Duration::from_nanos(nanos.try_into().unwrap_or(u64::MAX))
}

impl Timer for Skewed {
    type Instant = Instant;
    type Sleep = SkewedSleep;

    fn now(&self) -> Instant {
        let nanos = self.sim.elapsed().as_nanos() * u128::from(self.rate) / MILLION;
        Instant::at(self.offset + from_nanos(nanos))
    }

    fn raw_sleep(&self, deadline: Option<Instant>) -> SkewedSleep {
        let sleep = self.sim.raw_sleep(deadline.map(|it| self.to_true(it)));
        SkewedSleep { clock: self.clone(), deadline, sleep }
    }
}

/// A wait on a [`Skewed`] clock.
#[derive(Debug)]
pub struct SkewedSleep {
    clock: Skewed,
    deadline: Option<Instant>,
    sleep: anytempo_virtual::Sleep,
}

impl Future for SkewedSleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        Pin::new(&mut self.sleep).poll(cx)
    }
}

impl RawSleep for SkewedSleep {
    type Instant = Instant;

    fn reset(mut self: Pin<&mut Self>, deadline: Option<Instant>) {
        self.deadline = deadline;
        let deadline = deadline.map(|it| self.clock.to_true(it));
        Pin::new(&mut self.sleep).reset(deadline);
    }

    fn deadline(&self) -> Option<Instant> {
        self.deadline
    }
}
