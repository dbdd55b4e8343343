use core::pin::Pin;
use core::task::{Context, Poll, ready};
use core::time::Duration;

use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

use crate::stream::{FixedDelay, FixedRate, Rate};
use crate::timer::Timer;
use crate::wait::Pacer;

pin_project! {
    /// The stream of [`Timer::countdown`].
    #[must_use = "streams do nothing unless polled"]
    #[derive(Debug)]
    pub struct Countdown<T: Timer, R = FixedDelay> {
        // Its item is the one that is due next; it is over once 0 has been given.
        #[pin]
        pacer: Pacer<T, R, u32>,
    }
}

impl<T: Timer> Countdown<T> {
    pub(crate) fn new(timer: T, count: u32, delay: Duration) -> Self {
        Self { pacer: Pacer::new(timer, delay, count) }
    }

    /// Counts the delay from the previous deadline: item number N is due at the start plus N delays, with no drift.
    ///
    /// On a clock that counts in ticks these are delays of whole ticks: one that is not is rounded up once, and then is
    /// what the rate is.
    ///
    /// ```text
    /// countdown(3, 1 s), consumer busy for 2.5 s after 3
    ///     fixed delay     3-------------(busy)--+-----2---------1---------0|
    ///     fixed rate      3-------------(busy)--21----0|
    ///                     0 s       1 s       2 s       3 s       4 s       5 s
    /// ```
    ///
    /// The start is the time at which the first item is given. Items that are overdue come at once, each in a poll of its
    /// own, until the countdown has caught up; none is skipped.
    ///
    /// It is meant for a countdown that has not begun. In one that has, a wait that runs goes on, and what comes after it counts
    /// from its deadline; if only the first item was given, the next counts from now.
    ///
    /// # Examples
    ///
    /// ```
    /// use anytempo::{Timer, next};
    /// use core::{pin::pin, time::Duration};
    ///
    /// # let clock = anytempo_virtual::VirtualClock::new();
    /// # let executor = anytempo_virtual::Executor::new(&clock);
    /// # executor.block_on(async {
    /// let mut numbers = pin!(clock.countdown(3, Duration::from_millis(1000)).fixed_rate());
    /// assert_eq!(next(&mut numbers).await, Some(3));
    /// clock.sleep(Duration::from_millis(2500)).await;
    /// assert_eq!(next(&mut numbers).await, Some(2));
    /// assert_eq!(next(&mut numbers).await, Some(1));
    /// assert_eq!(clock.elapsed(), Duration::from_millis(2500));
    /// assert_eq!(next(&mut numbers).await, Some(0));
    /// assert_eq!(clock.elapsed(), Duration::from_millis(3000));
    /// # }).unwrap();
    /// ```
    pub fn fixed_rate(self) -> Countdown<T, FixedRate> {
        Countdown { pacer: self.pacer.fixed_rate() }
    }
}

impl<T: Timer, R: Rate> Stream for Countdown<T, R> {
    type Item = u32;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<u32>> {
        let mut pacer = self.project().pacer;
        ready!(pacer.as_mut().poll_slot(cx));
        if pacer.is_over() {
            return Poll::Ready(None);
        }
        pacer.as_mut().take_slot();
        let item = *pacer.item();
        match item.checked_sub(1) {
            Some(next) => pacer.item_pin_mut().set(next),
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
