use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;

use anytempo::{Deadline, RawSleep, Timer};
use pin_project_lite::pin_project;

use super::{from_nanos, when};

/// A clock that counts in ticks of `NANOS` nanoseconds, over any timer.
///
/// - A reading is rounded down to a whole tick. A deadline is rounded up to one, so nothing is early in true time.
/// - A reading may be almost a tick old, so a delay takes up to two ticks more than it says.
/// - The last tick is 2^64 - 1. A deadline beyond it, or beyond the range of the timer, is never.
/// - A `NANOS` of zero does not compile.
///
/// # Examples
///
/// ```
/// use anytempo::Timer;
/// use anytempo_virtual::clocks::{Tick, TickClock};
/// use anytempo_virtual::{Instant, run};
/// use core::time::Duration;
///
/// run(async |sim| {
///     // As on a board with 1000 ticks a second.
///     let clock = TickClock::<_, 1_000_000>::new(sim.clone(), Instant::START);
///     sim.advance(Duration::from_micros(1900));
///     assert_eq!(clock.now(), Tick::at(1));
///
///     // A millisecond has certainly passed at tick 3, and not yet at tick 2.
///     clock.sleep(Duration::from_millis(1)).await;
///     assert_eq!(sim.elapsed(), Duration::from_millis(3));
/// })
/// .unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct TickClock<T: Timer, const NANOS: u64> {
    timer: T,
    start: T::Instant,
}

impl<T: Timer, const NANOS: u64> TickClock<T, NANOS> {
    /// Creates a clock that reads tick zero at `start`, an instant of `timer`.
    pub fn new(timer: T, start: T::Instant) -> Self {
        const { assert!(NANOS > 0, "a tick takes at least a nanosecond") }
        Self { timer, start }
    }

    /// The timer beneath.
    pub fn get_ref(&self) -> &T {
        &self.timer
    }

    /// The instant of the timer beneath at which a tick begins.
    fn begin(start: T::Instant, tick: Option<Tick<NANOS>>) -> Deadline<T> {
        when::<T>(
            start,
            tick.and_then(|Tick(tick)| from_nanos(u128::from(tick) * u128::from(NANOS))),
        )
    }
}

/// A point in time of a [`TickClock`]: the number of ticks since its start.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Tick<const NANOS: u64>(u64);

impl<const NANOS: u64> Tick<NANOS> {
    /// The instant `ticks` after the clock's start.
    #[must_use]
    pub const fn at(ticks: u64) -> Self {
        Self(ticks)
    }

    /// The number of ticks from the clock's start to this instant.
    #[must_use]
    pub const fn ticks(self) -> u64 {
        self.0
    }
}

impl<const NANOS: u64> anytempo::Instant for Tick<NANOS> {
    type Delta = u64;
    type Deadline = Option<Self>;

    fn delta_ceil(duration: Duration) -> u64 {
        u64::try_from(duration.as_nanos().div_ceil(NANOS.into())).unwrap_or(u64::MAX)
    }

    fn to_duration(delta: u64) -> Duration {
        from_nanos(u128::from(delta) * u128::from(NANOS)).unwrap_or(Duration::MAX)
    }

    /// `None` where the sum is out of range, and for the longest span, which means never wherever it is added.
    fn checked_add(self, delta: u64) -> Option<Self> {
        if delta == u64::MAX { None } else { self.0.checked_add(delta).map(Self) }
    }

    fn checked_after(self, delta: u64) -> Option<Self> {
        self.checked_add(delta)?.checked_add(u64::from(delta > 0))
    }

    fn ceil_to(self, span: u64) -> Self {
        let last = span.checked_ilog2().map_or(0, |grid| (1 << grid) - 1);
        self.0.checked_add(last).map_or(self, |it| Self(it & !last))
    }

    fn saturating_since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

impl<T: Timer, const NANOS: u64> Timer for TickClock<T, NANOS> {
    const PROMPT: bool = T::PROMPT;

    type Instant = Tick<NANOS>;
    type Sleep = TickSleep<T, Tick<NANOS>>;

    fn now(&self) -> Tick<NANOS> {
        let ticks = self.timer.elapsed(self.start).as_nanos() / u128::from(NANOS);
        Tick(u64::try_from(ticks).unwrap_or(u64::MAX))
    }

    fn raw_sleep(&self, deadline: Option<Tick<NANOS>>) -> TickSleep<T, Tick<NANOS>> {
        let sleep = self.timer.raw_sleep(Self::begin(self.start, deadline));
        TickSleep { start: self.start, deadline, sleep }
    }
}

pin_project! {
    /// A wait of a [`TickClock`] whose instants are `I`.
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct TickSleep<T: Timer, I> {
        start: T::Instant,
        deadline: Option<I>,
        // With the instant at which that tick begins.
        #[pin]
        sleep: T::Sleep,
    }
}

impl<T: Timer, I> Future for TickSleep<T, I> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.project().sleep.poll(cx)
    }
}

impl<T: Timer, const NANOS: u64> RawSleep for TickSleep<T, Tick<NANOS>> {
    type Instant = Tick<NANOS>;

    fn reset(self: Pin<&mut Self>, deadline: Option<Tick<NANOS>>) {
        let this = self.project();
        *this.deadline = deadline;
        this.sleep.reset(TickClock::<T, NANOS>::begin(*this.start, deadline));
    }

    fn deadline(&self) -> Option<Tick<NANOS>> {
        self.deadline
    }

    fn arm(self: Pin<&mut Self>, cx: &mut Context<'_>) {
        self.project().sleep.arm(cx);
    }
}
