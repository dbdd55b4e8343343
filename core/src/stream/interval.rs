use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use core::time::Duration;

use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

use crate::instant::Instant;
use crate::span::Span;
use crate::stream::{AnyRate, Rate, Skip, next_on_grid};
use crate::timer::{Deadline, Timer};
use crate::wait::{Delta, Wait, never};

pin_project! {
    /// The stream of [`Timer::interval`], [`Timer::interval_after`] and [`Timer::interval_at`].
    #[must_use = "streams do nothing unless polled"]
    pub struct Interval<T: Timer, R = Skip> {
        // The next tick.
        #[pin]
        wait: Wait<T>,
        period: Delta<T>,
        rate: R,
    }
}

impl<T: Timer> Interval<T> {
    pub(crate) fn after(
        timer: T,
        delay: impl Span<T::Instant>,
        period: impl Span<T::Instant>,
    ) -> Self {
        Self { wait: Wait::after(timer, delay), period: period.into_delta(), rate: Skip }
    }

    pub(crate) fn at(timer: T, start: Deadline<T>, period: impl Span<T::Instant>) -> Self {
        Self { wait: Wait::until(timer, start), period: period.into_delta(), rate: Skip }
    }
}

impl<T: Timer, R: Rate> Interval<T, R> {
    /// Sets what the period counts from.
    ///
    /// It is a type such as [`FixedRate`](crate::stream::FixedRate), or an [`AnyRate`] that is
    /// chosen at run time.
    ///
    /// [`Rate`] has all of them. It is meant for an interval that has not begun. Otherwise a wait that runs goes on, and a period
    /// that would count from the next request begins now.
    ///
    /// # Examples
    ///
    /// ```
    /// use anytempo::{Timer, next, stream::FixedRate};
    /// use core::{pin::pin, time::Duration};
    ///
    /// # let clock = anytempo_virtual::VirtualClock::new();
    /// # anytempo_virtual::Executor::new(&clock).block_on(async {
    /// let mut ticks = pin!(clock.interval(Duration::from_secs(1)).rate(FixedRate));
    /// next(&mut ticks).await;
    /// clock.sleep(Duration::from_secs(3)).await;
    /// for _ in 0..3 {
    ///     // Ticks that are overdue come at once.
    ///     next(&mut ticks).await;
    /// }
    /// assert_eq!(clock.elapsed(), Duration::from_secs(3));
    /// # }).unwrap();
    /// ```
    #[doc(alias = "missed_tick_behavior")]
    #[doc(alias = "set_missed_tick_behavior")]
    pub fn rate<R2: Rate>(self, rate: R2) -> Interval<T, R2> {
        let Self { wait, period, rate: _ } = self;
        Interval { wait: wait.begin_tick(period), period, rate }
    }

    /// Sets another period, from the next tick on. A wait that runs goes on.
    ///
    /// To begin a period now, call [`reset`](Self::reset) too. After a period beyond the clock's range no other tick comes without
    /// that.
    ///
    /// # Examples
    ///
    /// ```
    /// use anytempo::{Timer, next};
    /// use core::{pin::pin, time::Duration};
    ///
    /// # let clock = anytempo_virtual::VirtualClock::new();
    /// # anytempo_virtual::Executor::new(&clock).block_on(async {
    /// let second = Duration::from_secs(1);
    /// let mut ticks = pin!(clock.interval(second));
    /// next(&mut ticks).await;
    /// ticks.as_mut().set_period(second * 10);
    /// next(&mut ticks).await;
    /// assert_eq!(clock.elapsed(), second);
    /// next(&mut ticks).await;
    /// assert_eq!(clock.elapsed(), second * 11);
    /// # }).unwrap();
    /// ```
    #[doc(alias = "set_interval")]
    pub fn set_period(self: Pin<&mut Self>, period: impl Span<T::Instant>) {
        *self.project().period = period.into_delta();
    }

    /// Begins a period now. The next tick is due a period from now, and starts a new grid.
    ///
    /// **Poll it after the reset**, as after [`Sleep::reset`](crate::future::Sleep::reset). Before the first poll the period
    /// counts from that poll.
    pub fn reset(self: Pin<&mut Self>) {
        let this = self.project();
        this.wait.reset_by(*this.period);
    }
}

impl<T: Timer, R> Interval<T, R> {
    /// When the next tick is due. `None` where that is never, or not known yet.
    pub fn deadline(&self) -> Option<T::Instant> {
        self.wait.deadline()
    }

    /// The period, rounded up to what the clock can tell.
    pub fn period(&self) -> Duration {
        T::Instant::to_duration(self.period)
    }
}

/// When the tick after `due` is due. A tick that `begins` was set in this poll.
#[inline(always)]
fn next_tick<T: Timer>(
    rate: AnyRate,
    period: Delta<T>,
    due: Option<T::Instant>,
    begins: bool,
    now: impl FnOnce() -> T::Instant,
) -> Deadline<T> {
    if rate == AnyRate::Spaced {
        return now().checked_after(period);
    }
    let Some(due) = due else { return never::<T>() };
    match rate {
        // A tick that is due now may lie in a tick of the clock that is almost over.
        _ if begins => due.checked_after(period),
        AnyRate::Skip => next_on_grid::<T>(due, period, now()),
        _ => due.checked_add(period),
    }
}

impl<T: Timer, R: Rate> Stream for Interval<T, R> {
    type Item = T::Instant;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T::Instant>> {
        let this = self.project();
        let (mut wait, period, rate) = (this.wait, *this.period, this.rate.any());
        let restarts = rate == AnyRate::FixedDelay;
        if Wait::<T>::IS_NUMBER {
            let next =
                |now: T::Instant, due, begins| next_tick::<T>(rate, period, due, begins, || now);
            return wait.poll_number(period, restarts, next, cx);
        }
        let mut begins = T::PROMPT && wait.is_unstarted();
        let due = match wait.as_mut().poll_tick(period, restarts, cx) {
            Some(poll) => ready!(poll).into(),
            None => {
                begins = wait.is_unstarted();
                if T::PROMPT || wait.is_new() {
                    // The first tick may be due at once, so this does not yield.
                    ready!(wait.as_mut().poll_limit(cx));
                } else {
                    ready!(wait.as_mut().poll_delay_of(period, cx));
                }
                wait.deadline()
            }
        };
        // A deadline that was reached is not never.
        let Some(due) = due else { return Poll::Pending };
        if restarts {
            wait.restart_tick();
        } else {
            let next = next_tick::<T>(rate, period, Some(due), begins, || wait.timer().now());
            wait.set_tick(next);
        }
        Poll::Ready(Some(due))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (usize::MAX, None)
    }
}

/// It never ends.
impl<T: Timer, R: Rate> FusedStream for Interval<T, R> {
    fn is_terminated(&self) -> bool {
        false
    }
}

impl<T: Timer, R: fmt::Debug> fmt::Debug for Interval<T, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Interval");
        debug.field("period", &self.period()).field("rate", &self.rate);
        self.wait.fmt_into(&mut debug);
        debug.finish()
    }
}
