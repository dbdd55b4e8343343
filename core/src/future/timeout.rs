use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use futures_core::FusedFuture;
use pin_project_lite::pin_project;

use crate::error::Elapsed;
use crate::span::Span;
use crate::timer::{Deadline, Timer};
use crate::wait::Wait;

pin_project! {
    /// The future of [`Timer::timeout`] and [`Timer::timeout_at`].
    #[must_use = "futures do nothing unless polled"]
    pub struct Timeout<F, T: Timer> {
        #[pin]
        future: F,
        #[pin]
        limit: Wait<T>,
    }
}

impl<F, T: Timer> Timeout<F, T> {
    pub(crate) fn after(timer: T, limit: impl Span<T::Instant>, future: F) -> Self {
        Self { future, limit: Wait::after(timer, limit) }
    }

    pub(crate) fn at(timer: T, deadline: Deadline<T>, future: F) -> Self {
        Self { future, limit: Wait::until(timer, deadline) }
    }

    /// The deadline. `None` if it is never, not known yet because it counts from the first poll, or given up after `Ok`.
    pub fn deadline(&self) -> Option<T::Instant> {
        self.limit.deadline()
    }

    /// Moves the limit to `limit` from now.
    ///
    /// If the future was not polled yet, `limit` counts from the end of its first poll.
    ///
    /// **Poll it after the reset**, as after [`Sleep::reset`](crate::future::Sleep::reset). A zero `limit` gives the future
    /// one more poll, and one beyond the clock's range has no end. A timeout that is over stays over.
    ///
    /// # Examples
    ///
    /// ```
    /// use anytempo::Timer;
    /// use core::{future::{Future, pending}, pin::pin, time::Duration};
    ///
    /// # let clock = anytempo_virtual::VirtualClock::new();
    /// # anytempo_virtual::Executor::new(&clock).block_on(async {
    /// let mut limited = pin!(clock.timeout(Duration::from_secs(10), pending::<()>()));
    /// assert!(clock.timeout(Duration::from_secs(7), limited.as_mut()).await.is_err());
    /// limited.as_mut().reset(Duration::from_secs(5));
    /// assert!(limited.await.is_err());
    /// assert_eq!(clock.elapsed(), Duration::from_secs(12));
    /// # }).unwrap();
    /// ```
    pub fn reset(self: Pin<&mut Self>, limit: impl Span<T::Instant>) {
        let this = self.project();
        if !this.limit.is_due() {
            this.limit.reset(limit);
        }
    }

    /// Gives the future until `deadline`. `None` is never.
    ///
    /// **Poll it after the reset**, as after [`reset`](Self::reset). A timeout that is over stays over.
    pub fn reset_at(self: Pin<&mut Self>, deadline: impl Into<Deadline<T>>) {
        let this = self.project();
        if !this.limit.is_due() {
            this.limit.reset_until(deadline);
        }
    }

    /// The future that has the time limit.
    pub fn get_ref(&self) -> &F {
        &self.future
    }

    /// The future that has the time limit, to be changed.
    pub fn get_mut(&mut self) -> &mut F {
        &mut self.future
    }

    /// The future that has the time limit, pinned.
    pub fn get_pin_mut(self: Pin<&mut Self>) -> Pin<&mut F> {
        self.project().future
    }

    /// Gives the future back, without its time limit.
    pub fn into_inner(self) -> F {
        self.future
    }
}

impl<F: Future, T: Timer> Future for Timeout<F, T> {
    type Output = Result<F::Output, Elapsed>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        if this.limit.is_due() {
            return Poll::Ready(Err(Elapsed::new()));
        }
        if this.limit.is_closed() {
            return Poll::Pending;
        }
        // The future comes first, so that it wins a tie and costs no timer if it is ready.
        if let Poll::Ready(output) = this.future.poll(cx) {
            this.limit.as_mut().close();
            return Poll::Ready(Ok(output));
        }
        ready!(this.limit.as_mut().poll_limit(cx));
        this.limit.expire();
        Poll::Ready(Err(Elapsed::new()))
    }
}

impl<F: Future, T: Timer> FusedFuture for Timeout<F, T> {
    fn is_terminated(&self) -> bool {
        self.limit.is_due() || self.limit.is_closed()
    }
}

impl<F: fmt::Debug, T: Timer> fmt::Debug for Timeout<F, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Timeout");
        debug.field("future", &self.future);
        self.limit.fmt_into(&mut debug);
        debug.finish()
    }
}
