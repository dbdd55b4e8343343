use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;

use anytempo::{RawSleep, Timer};

use crate::{Instant, Sleep, VirtualClock};

/// A clock that takes virtual time for each read and each poll of a wait.
///
/// It is over a [`VirtualClock`] and nothing else, because it advances that clock. Other bad clocks go on top of it.
///
/// - The time passes after the clock is read, which is the worst case: a reading is old when it is returned.
/// - A pending poll may wake its own task, because the deadline may pass within the poll.
/// - A poll does not pay for a read. Creating, resetting and dropping a wait are free.
/// - Both costs are zero at first.
///
/// # Examples
///
/// ```
/// use anytempo::Timer;
/// use anytempo_virtual::clocks::CostClock;
/// use core::time::Duration;
///
/// anytempo_virtual::run(async |sim| {
///     let slow = CostClock::new(sim.clock()).per_read(Duration::from_micros(3));
///     let start = slow.now();
///     assert_eq!(slow.elapsed(start), Duration::from_micros(3));
///     assert_eq!(sim.elapsed(), Duration::from_micros(6));
/// })
/// .unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct CostClock {
    clock: VirtualClock,
    read: Duration,
    poll: Duration,
}

impl CostClock {
    /// Creates a clock that costs nothing yet.
    #[must_use]
    pub fn new(clock: &VirtualClock) -> Self {
        Self { clock: clock.clone(), read: Duration::ZERO, poll: Duration::ZERO }
    }

    /// Sets what each read of the clock takes.
    #[must_use]
    pub fn per_read(mut self, cost: Duration) -> Self {
        self.read = cost;
        self
    }

    /// Sets what each poll of a wait takes.
    #[must_use]
    pub fn per_poll(mut self, cost: Duration) -> Self {
        self.poll = cost;
        self
    }

    /// The clock beneath, which is free.
    #[must_use]
    pub fn get_ref(&self) -> &VirtualClock {
        &self.clock
    }
}

impl Timer for CostClock {
    type Instant = Instant;
    type Sleep = CostSleep;

    fn now(&self) -> Instant {
        let now = self.clock.now();
        self.clock.advance(self.read);
        now
    }

    fn raw_sleep(&self, deadline: Option<Instant>) -> CostSleep {
        CostSleep { clock: self.clone(), sleep: self.clock.raw_sleep(deadline) }
    }
}

/// A wait of a [`CostClock`].
#[derive(Debug)]
#[must_use = "futures do nothing unless polled"]
pub struct CostSleep {
    clock: CostClock,
    sleep: Sleep,
}

impl Future for CostSleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let poll = Pin::new(&mut self.sleep).poll(cx);
        self.clock.clock.advance(self.clock.poll);
        poll
    }
}

impl RawSleep for CostSleep {
    type Instant = Instant;

    fn reset(mut self: Pin<&mut Self>, deadline: Option<Instant>) {
        Pin::new(&mut self.sleep).reset(deadline);
    }

    fn deadline(&self) -> Option<Instant> {
        self.sleep.deadline()
    }
}
