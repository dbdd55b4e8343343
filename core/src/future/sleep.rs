use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

use futures_core::FusedFuture;
use pin_project_lite::pin_project;

use crate::span::Span;
use crate::timer::{Deadline, Timer};
use crate::wait::Wait;

pin_project! {
    /// The future of [`Timer::sleep`] and [`Timer::sleep_until`].
    #[must_use = "futures do nothing unless polled"]
    pub struct Sleep<T: Timer> {
        #[pin]
        wait: Wait<T>,
    }
}

impl<T: Timer> Sleep<T> {
    pub(crate) fn after(timer: T, delay: impl Span<T::Instant>) -> Self {
        Self { wait: Wait::after(timer, delay) }
    }

    pub(crate) fn until(timer: T, deadline: Deadline<T>) -> Self {
        Self { wait: Wait::until(timer, deadline) }
    }

    /// The deadline. `None` if it is never, or not known yet because it counts from the first poll.
    pub fn deadline(&self) -> Option<T::Instant> {
        self.wait.deadline()
    }

    /// Whether the clock, which is read now, has reached the deadline. `false` as long as there is no deadline.
    pub fn is_elapsed(&self) -> bool {
        self.deadline().is_some_and(|it| it <= self.wait.timer().now())
    }

    /// Waits for `delay` from now, whether or not the wait before had ended.
    ///
    /// **Poll it after the reset**, as `idle.as_mut().await` or a poll of the task's own does: no runtime is bound to wake the
    /// task for the new deadline before that. In a test, a sleep that was reset and not polled is named by the virtual clock.
    ///
    /// - A sleep that was never polled counts `delay` from its first poll.
    /// - A zero `delay` is due at once. It yields first, unless a poll was pending since the sleep began or was last ready.
    /// - A `delay` beyond the clock's range never ends.
    /// - The runtime's timer is used again, which costs less than a new sleep.
    ///
    /// # Examples
    ///
    /// One sleep as an idle limit that each event pushes back. The loop polls both, the event and the limit:
    ///
    /// ```
    /// use anytempo::Timer;
    /// use core::{future::{Future, poll_fn}, pin::pin, task::Poll, time::Duration};
    ///
    /// # let clock = anytempo_virtual::VirtualClock::new();
    /// # let executor = anytempo_virtual::Executor::new(&clock);
    /// # executor.block_on(async {
    /// let mut idle = pin!(clock.sleep(Duration::from_secs(10)));
    /// for _ in 0..3 {
    ///     let mut event = pin!(clock.sleep(Duration::from_secs(4)));
    ///     let came = poll_fn(|cx| match event.as_mut().poll(cx) {
    ///         Poll::Ready(()) => Poll::Ready(true),
    ///         Poll::Pending => idle.as_mut().poll(cx).map(|()| false),
    ///     });
    ///     assert!(came.await);
    ///     idle.as_mut().reset(Duration::from_secs(10));
    /// }
    /// idle.await;
    /// assert_eq!(clock.elapsed(), Duration::from_secs(22));
    /// # }).unwrap();
    /// ```
    pub fn reset(self: Pin<&mut Self>, delay: impl Span<T::Instant>) {
        self.project().wait.reset(delay);
    }

    /// Waits until `deadline`, whether or not the wait before had ended. `None` is never.
    ///
    /// **Poll it after the reset**, as after [`reset`](Self::reset).
    pub fn reset_until(self: Pin<&mut Self>, deadline: impl Into<Deadline<T>>) {
        self.project().wait.reset_until(deadline);
    }
}

impl<T: Timer> Future for Sleep<T> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.project().wait.poll_delay(cx)
    }
}

impl<T: Timer> FusedFuture for Sleep<T> {
    fn is_terminated(&self) -> bool {
        self.wait.is_due()
    }
}

impl<T: Timer> fmt::Debug for Sleep<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Sleep");
        self.wait.fmt_into(&mut debug);
        debug.finish()
    }
}
