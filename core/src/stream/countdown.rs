use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

use crate::span::Span;
use crate::stream::{FixedDelay, Rate};
use crate::timer::Timer;
use crate::wait::Pacer;

pin_project! {
    /// The stream of [`Timer::countdown`].
    #[must_use = "streams do nothing unless polled"]
    pub struct Countdown<T: Timer, R = FixedDelay> {
        // Its item is the one that is due next; it is over once 0 has been given.
        #[pin]
        pacer: Pacer<T, R, u32>,
    }
}

impl<T: Timer> Countdown<T> {
    pub(crate) fn new(timer: T, count: u32, delay: impl Span<T::Instant>) -> Self {
        Self { pacer: Pacer::new(timer, delay, FixedDelay, count) }
    }
}

impl<T: Timer, R: Rate> Countdown<T, R> {
    /// Sets what the delay counts from.
    ///
    /// It is a type such as [`FixedRate`](crate::stream::FixedRate), or an [`AnyRate`](crate::stream::AnyRate) that is
    /// chosen at run time.
    ///
    /// ```text
    /// countdown(3, 1 s), consumer busy for 2.5 s after 3
    ///     FixedDelay      3-------------(busy)--+-----2---------1---------0|
    ///     FixedRate       3-------------(busy)--21----0|
    ///                     0 s       1 s       2 s       3 s       4 s       5 s
    /// ```
    ///
    /// [`Rate`] has all of them. The first item starts the grid of a fixed rate. On a clock that counts in ticks, a fixed
    /// rate is a whole number of ticks: a delay that is not is rounded up once.
    ///
    /// It is meant for a countdown that has not begun. Otherwise a wait that runs goes on, and if the next item was not asked
    /// for yet, its delay counts from now.
    ///
    /// # Examples
    ///
    /// ```
    /// use anytempo::{Timer, next, stream::FixedRate};
    /// use core::{pin::pin, time::Duration};
    ///
    /// # let clock = anytempo_virtual::VirtualClock::new();
    /// # let executor = anytempo_virtual::Executor::new(&clock);
    /// # executor.block_on(async {
    /// let mut numbers = pin!(clock.countdown(3, Duration::from_millis(1000)).rate(FixedRate));
    /// assert_eq!(next(&mut numbers).await, Some(3));
    /// clock.sleep(Duration::from_millis(2500)).await;
    /// assert_eq!(next(&mut numbers).await, Some(2));
    /// assert_eq!(next(&mut numbers).await, Some(1));
    /// assert_eq!(clock.elapsed(), Duration::from_millis(2500));
    /// assert_eq!(next(&mut numbers).await, Some(0));
    /// assert_eq!(clock.elapsed(), Duration::from_millis(3000));
    /// # }).unwrap();
    /// ```
    #[doc(alias = "set_missed_tick_behavior")]
    pub fn rate<R2: Rate>(self, rate: R2) -> Countdown<T, R2> {
        Countdown { pacer: self.pacer.with_rate(rate) }
    }

    /// Sets another delay. A wait that runs begins anew: its item is due `delay` from now.
    ///
    /// **Poll it after the reset**, as after [`Sleep::reset`](crate::future::Sleep::reset). The grid of a fixed rate starts
    /// anew with that item. A zero `delay`, and one beyond the clock's range, are as in [`Timer::countdown`].
    pub fn reset(self: Pin<&mut Self>, delay: impl Span<T::Instant>) {
        self.project().pacer.reset(delay);
    }
}

impl<T: Timer, R> Countdown<T, R> {
    /// When the next item is due, if it was asked for. `None` otherwise, and where that is never.
    pub fn deadline(&self) -> Option<T::Instant> {
        self.pacer.deadline()
    }
}

impl<T: Timer, R: Rate> Stream for Countdown<T, R> {
    type Item = u32;

    // Inlined as `Pacer::poll_slot` is: on tokio a call would add 37 instructions to a tick.
    #[inline(always)]
    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<u32>> {
        let mut pacer = self.project().pacer;
        ready!(pacer.as_mut().poll_slot(cx));
        if pacer.is_over() {
            return Poll::Ready(None);
        }
        let item = *pacer.item();
        match item.checked_sub(1) {
            Some(next) => {
                pacer.as_mut().take_slot();
                pacer.item_pin_mut().set(next);
            }
            None => pacer.end(),
        }
        Poll::Ready(Some(item))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        if self.pacer.is_over() {
            return (0, Some(0));
        }
        match usize::try_from(*self.pacer.item()).ok().and_then(|item| item.checked_add(1)) {
            Some(left) => (left, Some(left)),
            None => (usize::MAX, None),
        }
    }
}

impl<T: Timer, R: Rate> FusedStream for Countdown<T, R> {
    fn is_terminated(&self) -> bool {
        self.pacer.is_over()
    }
}

impl<T: Timer, R: fmt::Debug> fmt::Debug for Countdown<T, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Countdown");
        debug.field("next", self.pacer.item());
        self.pacer.fmt_into(&mut debug);
        debug.finish()
    }
}
