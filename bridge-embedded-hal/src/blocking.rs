use core::fmt;
use core::time::Duration;

use anytempo::{Instant, Timer};
use embedded_hal::delay::DelayNs;

use crate::span;

/// A timer as the delay of a blocking driver: [`embedded_hal::delay::DelayNs`].
///
/// It reads the clock until the delay is over, and calls `idle` between two readings. It never waits for a wake, so it works
/// without an executor. Nothing else runs on this thread in the meantime.
///
/// What `idle` has to do depends on the clock:
///
/// | clock | `idle` |
/// |---|---|
/// | it goes on by itself: embassy's, or one of the standard library | `core::hint::spin_loop` |
/// | the same, and each tick is an interrupt | what sleeps until the next interrupt |
/// | a virtual one, which stands still | `\|\| clock.advance(step)`. Without it the delay never ends |
///
/// - It is never early. On a clock that counts in ticks it is rounded up, and has a tick more, as it may begin late in one.
/// - A delay of zero reads the clock twice and does not call `idle`.
/// - The whole range of `u32` is one delay in each of the three units.
/// - A delay that is longer than the clock's range never ends.
///
/// It is a type of its own, because the two traits have the same methods: on a type with both of them `delay_ms(1)` would be
/// ambiguous wherever both traits are in scope.
///
/// # Examples
///
/// ```
/// use anytempo_embedded_hal::BlockingDelay;
/// use core::time::Duration;
/// use embedded_hal::delay::DelayNs;
///
/// let clock = anytempo_virtual::VirtualClock::new();
/// let mut delay = BlockingDelay::new(&clock, || clock.advance(Duration::from_micros(1)));
/// delay.delay_ms(2);
/// assert_eq!(clock.elapsed(), Duration::from_millis(2));
/// ```
#[derive(Clone, Copy)]
#[doc(alias = "DelayNs")]
pub struct BlockingDelay<T, F> {
    timer: T,
    idle: F,
}

impl<T: Timer, F: FnMut()> BlockingDelay<T, F> {
    /// Makes a delay of a timer, and of what to do between two readings of its clock.
    #[must_use]
    pub const fn new(timer: T, idle: F) -> Self {
        Self { timer, idle }
    }

    /// The timer.
    pub const fn get_ref(&self) -> &T {
        &self.timer
    }

    #[inline]
    fn wait(&mut self, delay: Duration) {
        let deadline = self.timer.after(delay);
        while !self.timer.now().has_reached(deadline) {
            (self.idle)();
        }
    }
}

impl<T: Timer, F: FnMut()> DelayNs for BlockingDelay<T, F> {
    #[inline]
    fn delay_ns(&mut self, ns: u32) {
        self.wait(span::nanos(ns));
    }

    // The default would make many delays of this one, each of them rounded up.
    #[inline]
    fn delay_us(&mut self, us: u32) {
        self.wait(span::micros(us));
    }

    #[inline]
    fn delay_ms(&mut self, ms: u32) {
        self.wait(span::millis(ms));
    }
}

impl<T: fmt::Debug, F> fmt::Debug for BlockingDelay<T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BlockingDelay").field("timer", &self.timer).finish_non_exhaustive()
    }
}
