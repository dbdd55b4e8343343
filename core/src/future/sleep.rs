use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;

use futures_core::FusedFuture;
use pin_project_lite::pin_project;

use crate::timer::Timer;
use crate::wait::{Again, Delta, Wait};

pin_project! {
    /// The future of [`Timer::sleep`] and [`Timer::sleep_until`].
    #[must_use = "futures do nothing unless polled"]
    #[derive(Debug)]
    pub struct Sleep<T: Timer> {
        #[pin]
        wait: Wait<T, Again<Delta<T>>>,
    }
}

impl<T: Timer> Sleep<T> {
    pub(crate) fn after(timer: T, delay: Duration) -> Self {
        Self { wait: Wait::after(timer, delay) }
    }

    pub(crate) fn until(timer: T, deadline: Option<T::Instant>) -> Self {
        Self { wait: Wait::until(timer, deadline) }
    }

    /// Waits for `delay` from the next poll, whether or not the wait before had ended.
    ///
    /// The timer is used again, which costs less than a new sleep. As the sleep may have a new waker by then, it must be
    /// polled again to be woken.
    ///
    /// # Examples
    ///
    /// One sleep as an idle limit, pushed back by each event:
    ///
    /// ```
    /// use anytempo::Timer;
    /// use core::{pin::pin, time::Duration};
    ///
    /// # let clock = anytempo_virtual::VirtualClock::new();
    /// # let executor = anytempo_virtual::Executor::new(&clock);
    /// # executor.block_on(async {
    /// let mut idle = pin!(clock.sleep(Duration::from_secs(10)));
    /// for _ in 0..3 {
    ///     let event = clock.sleep(Duration::from_secs(4));
    ///     assert!(clock.timeout_at(None, event).await.is_ok());
    ///     idle.as_mut().reset(Duration::from_secs(10));
    /// }
    /// idle.await;
    /// assert_eq!(clock.elapsed(), Duration::from_secs(22));
    /// # }).unwrap();
    /// ```
    pub fn reset(self: Pin<&mut Self>, delay: Duration) {
        self.project().wait.reset_after(delay);
    }

    /// Waits until `deadline`, whether or not the wait before had ended. `None` is never.
    ///
    /// Must be polled again to be woken, as after [`reset`](Self::reset).
    pub fn reset_until(self: Pin<&mut Self>, deadline: impl Into<Option<T::Instant>>) {
        self.project().wait.reset_until(deadline.into());
    }
}

impl<T: Timer> Future for Sleep<T> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.project().wait.poll_wait(cx)
    }
}

impl<T: Timer> FusedFuture for Sleep<T> {
    fn is_terminated(&self) -> bool {
        self.wait.is_due()
    }
}
