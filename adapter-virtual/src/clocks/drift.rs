use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;

use anytempo::{Deadline, RawSleep, Timer};
use pin_project_lite::pin_project;

use super::{SECOND, from_nanos, when};
use crate::Instant;

/// A clock that runs fast or slow, and is ahead of another, over any timer.
///
/// Nodes with skew have one each, over one [`VirtualClock`](crate::VirtualClock).
///
/// More precisely: `t` nanoseconds after `start`, by the timer, this clock has counted `t + t * parts_per_billion / 10^9`
/// nanoseconds, rounded down. It reads [`Instant::START`] plus that count, plus the span that it is
/// [`ahead`](DriftClock::ahead).
///
/// - A rate of +200 ppm is `200_000`. A negative rate makes the clock slow.
/// - The slowest clock counts one nanosecond per second: a rate below -999,999,999 means the same.
/// - A wait ends at the first nanosecond of the timer at which this clock has reached the deadline.
/// - A fast clock skips nanoseconds, so it may read later than the deadline by then.
/// - No instant is before [`Instant::START`]. For a clock that is behind, let the others be ahead.
/// - A deadline beyond the range of the timer is never. A reading stays at [`Instant::MAX`].
/// - Over a timer with ticks a delay may be up to a tick short. Put a [`TickClock`](super::TickClock) over this clock instead.
///
/// # Examples
///
/// ```
/// use anytempo::Timer;
/// use anytempo_virtual::clocks::DriftClock;
/// use anytempo_virtual::{Instant, run};
/// use core::time::Duration;
///
/// run(async |sim| {
///     let fast = DriftClock::new(sim.clone(), Instant::START, 200_000);
///     let slow = DriftClock::new(sim.clone(), Instant::START, -200_000).ahead(Duration::from_secs(3));
///     sim.sleep(Duration::from_secs(10)).await;
///     assert_eq!(fast.now(), Instant::at(Duration::from_millis(10_002)));
///     assert_eq!(slow.now(), Instant::at(Duration::from_millis(12_998)));
/// })
/// .unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct DriftClock<T: Timer> {
    timer: T,
    scale: Scale<T::Instant>,
}

/// How a span on the timer becomes an instant of the clock, and back.
#[derive(Clone, Copy, Debug)]
struct Scale<I> {
    start: I,
    /// Nanoseconds that are counted in a second of the timer. Not zero.
    rate: u128,
    ahead: Duration,
}

impl<T: Timer> DriftClock<T> {
    /// Creates a clock that reads [`Instant::START`] at `start`, an instant of `timer`.
    pub fn new(timer: T, start: T::Instant, parts_per_billion: i32) -> Self {
        let rate = (1_000_000_000 + i64::from(parts_per_billion)).max(1);
        let scale = Scale { start, rate: rate.unsigned_abs().into(), ahead: Duration::ZERO };
        Self { timer, scale }
    }

    /// The same clock with readings that are later by `ahead`.
    #[must_use]
    pub fn ahead(mut self, ahead: Duration) -> Self {
        self.scale.ahead = ahead;
        self
    }

    /// The timer beneath.
    pub fn get_ref(&self) -> &T {
        &self.timer
    }
}

impl<I> Scale<I> {
    fn reading(&self, passed: Duration) -> Instant {
        // A span has less than 2^94 nanoseconds, and a rate is less than 2^32.
        let counted = from_nanos(passed.as_nanos() * self.rate / SECOND).unwrap_or(Duration::MAX);
        Instant::at(counted.saturating_add(self.ahead))
    }

    /// The first instant of the timer at which the clock has reached `deadline`.
    fn truth<T: Timer<Instant = I>>(&self, deadline: Option<Instant>) -> Deadline<T>
    where
        I: anytempo::Instant,
    {
        let span = deadline.and_then(|deadline| {
            let counted = deadline.since_start().saturating_sub(self.ahead);
            // The least `passed` of which the floor above is not less.
            from_nanos((counted.as_nanos() * SECOND).div_ceil(self.rate))
        });
        when::<T>(self.start, span)
    }
}

impl<T: Timer> Timer for DriftClock<T> {
    const PROMPT: bool = T::PROMPT;

    type Instant = Instant;
    type Sleep = DriftSleep<T>;

    fn now(&self) -> Instant {
        self.scale.reading(self.timer.elapsed(self.scale.start))
    }

    fn raw_sleep(&self, deadline: Option<Instant>) -> DriftSleep<T> {
        let sleep = self.timer.raw_sleep(self.scale.truth::<T>(deadline));
        DriftSleep { scale: self.scale, deadline, sleep }
    }
}

pin_project! {
    /// A wait of a [`DriftClock`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct DriftSleep<T: Timer> {
        scale: Scale<T::Instant>,
        deadline: Option<Instant>,
        // With the instant at which the clock reaches that deadline.
        #[pin]
        sleep: T::Sleep,
    }
}

impl<T: Timer> Future for DriftSleep<T> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.project().sleep.poll(cx)
    }
}

impl<T: Timer> RawSleep for DriftSleep<T> {
    type Instant = Instant;

    fn reset(self: Pin<&mut Self>, deadline: Option<Instant>) {
        let this = self.project();
        *this.deadline = deadline;
        this.sleep.reset(this.scale.truth::<T>(deadline));
    }

    fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    fn arm(self: Pin<&mut Self>, cx: &mut Context<'_>) {
        self.project().sleep.arm(cx);
    }
}
