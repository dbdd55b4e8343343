use core::future::Future;

use anytempo::Timer;
use embedded_hal_async::delay::DelayNs;

use crate::span;

/// A timer as the delay of an async driver: [`embedded_hal_async::delay::DelayNs`].
///
/// Each delay is one [`Timer::sleep`]. So it keeps what every wait of anytempo keeps:
///
/// - It is never early. On a clock that counts in ticks it is rounded up, and has a tick more, as it may begin late in one.
/// - It counts from its first poll, and a delay of zero yields once to other tasks.
/// - The whole range of `u32` is one wait in each of the three units, up to 49 days in milliseconds.
/// - A delay that is longer than the clock's range never ends.
///
/// # Cancel safety
///
/// Strict. A drop loses nothing and gives up the registration. A new delay counts from its own first poll.
///
/// # Examples
///
/// ```
/// use anytempo_embedded_hal::Delay;
/// use core::time::Duration;
/// use embedded_hal_async::delay::DelayNs;
///
/// /// As drivers have it: knows neither the timer nor the runtime.
/// async fn reset(mut set_pin: impl FnMut(bool), delay: &mut impl DelayNs) {
///     set_pin(false);
///     delay.delay_us(30).await;
///     set_pin(true);
///     delay.delay_ms(2).await;
/// }
///
/// # let clock = anytempo_virtual::VirtualClock::new();
/// # let executor = anytempo_virtual::Executor::new(&clock);
/// executor.block_on(reset(|_| (), &mut Delay::new(clock.clone()))).unwrap();
/// assert_eq!(clock.elapsed(), Duration::from_micros(2030));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[doc(alias = "DelayNs")]
#[doc(alias = "DelayMs")]
#[doc(alias = "DelayUs")]
pub struct Delay<T> {
    timer: T,
}

impl<T: Timer> Delay<T> {
    /// Makes a delay of a timer.
    #[must_use]
    pub const fn new(timer: T) -> Self {
        Self { timer }
    }

    /// The timer.
    pub const fn get_ref(&self) -> &T {
        &self.timer
    }

    /// The timer, by value.
    pub fn into_inner(self) -> T {
        self.timer
    }
}

impl<T: Timer> DelayNs for Delay<T> {
    #[inline]
    fn delay_ns(&mut self, ns: u32) -> impl Future<Output = ()> {
        self.timer.sleep(span::nanos(ns))
    }

    // The default would make many waits of this one, each of them rounded up.
    #[inline]
    fn delay_us(&mut self, us: u32) -> impl Future<Output = ()> {
        self.timer.sleep(span::micros(us))
    }

    #[inline]
    fn delay_ms(&mut self, ms: u32) -> impl Future<Output = ()> {
        self.timer.sleep(span::millis(ms))
    }
}
