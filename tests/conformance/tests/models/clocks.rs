//! The clocks that the models know: what a span is on each of them, in whole numbers.

use core::time::Duration;

use anytempo::Timer;
use anytempo_virtual::clocks::TickClock;
use anytempo_virtual::{Instant, VirtualClock};

use crate::told::Told;

const MILLISECOND: u64 = 1_000_000;

pub(crate) type Tick = anytempo_virtual::clocks::Tick<MILLISECOND>;

/// A clock that counts milliseconds, over a virtual clock that counts nanoseconds and tells the truth.
pub(crate) type Ticking<const PROMPT: bool, const YIELDS: bool> =
    TickClock<Told<PROMPT, YIELDS>, MILLISECOND>;

/// A point in time, in ticks since the start. Some clocks have more of them than 64 bits hold.
pub(crate) type At = u128;

/// A clock over a virtual clock, with the numbers that a model needs.
pub(crate) trait Clock: Timer<Instant: Ticks, Sleep: Unpin> + 'static {
    const NAME: &'static str;
    /// A tick, in nanoseconds.
    const TICK: u128;
    /// The last point in time. Anything later is never.
    const LAST: At;
    /// Whether a raw sleep may put off being ready once.
    const YIELDS: bool = false;
    /// Whether what is over, dropped or reset gives up its wake-up. Otherwise there are more wakes than there need be.
    const GIVES_UP: bool = true;

    fn over(truth: &VirtualClock) -> Self;

    /// A run is over.
    fn end() {}
}

/// An instant as a number of ticks.
pub(crate) trait Ticks: anytempo::Instant<Deadline = Option<Self>> {
    fn at(ticks: At) -> Self;
    fn ticks(self) -> At;
}

impl Ticks for Instant {
    fn at(ticks: At) -> Self {
        Self::at(nanos(ticks))
    }

    fn ticks(self) -> At {
        self.since_start().as_nanos()
    }
}

impl Ticks for Tick {
    fn at(ticks: At) -> Self {
        Self::at(u64::try_from(ticks).expect("a tick clock has 64 bits"))
    }

    fn ticks(self) -> At {
        Tick::ticks(self).into()
    }
}

impl Clock for VirtualClock {
    const NAME: &'static str = "virtual clock";
    const TICK: u128 = 1;
    const LAST: At = Duration::MAX.as_nanos();

    fn over(truth: &VirtualClock) -> Self {
        truth.clone()
    }
}

impl<const IS_PROMPT: bool, const IS_YIELDING: bool> Clock for Ticking<IS_PROMPT, IS_YIELDING> {
    const NAME: &'static str = match (IS_PROMPT, IS_YIELDING) {
        (false, false) => "tick clock",
        (true, false) => "prompt tick clock",
        (false, true) => "yielding tick clock",
        (true, true) => "prompt and yielding tick clock",
    };
    const TICK: u128 = MILLISECOND as u128;
    const LAST: At = u64::MAX as At;
    const YIELDS: bool = IS_YIELDING;

    fn over(truth: &VirtualClock) -> Self {
        Self::new(Told::over(truth), Instant::START)
    }
}

/// So many nanoseconds. No clock here has more than fit.
pub(crate) fn nanos(count: u128) -> Duration {
    let seconds = u64::try_from(count / 1_000_000_000).expect("a clock ends where durations do");
    Duration::new(seconds, (count % 1_000_000_000) as u32)
}

/// `span` after `at`, in ticks rounded up.
pub(crate) fn plus<C: Clock>(at: At, span: Duration) -> Option<At> {
    let ticks = span.as_nanos().div_ceil(C::TICK);
    Some(at + ticks).filter(|it| ticks < C::LAST && *it <= C::LAST)
}

/// The first time at which `span` has certainly passed since the clock read `now`: a tick may be almost over.
pub(crate) fn from_now<C: Clock>(now: At, span: Duration) -> Option<At> {
    let begun = C::TICK > 1 && !span.is_zero();
    Some(plus::<C>(now, span)? + At::from(begun)).filter(|it| *it <= C::LAST)
}
