use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;

use futures_core::FusedFuture;
use pin_project_lite::pin_project;

use crate::error::Elapsed;
use crate::timer::Timer;
use crate::wait::Wait;

pin_project! {
    /// The future of [`Timer::timeout`] and [`Timer::timeout_at`].
    #[must_use = "futures do nothing unless polled"]
    #[derive(Debug)]
    pub struct Timeout<F, T: Timer> {
        #[pin]
        future: F,
        #[pin]
        limit: Wait<T>,
    }
}

impl<F, T: Timer> Timeout<F, T> {
    pub(crate) fn after(timer: T, limit: Duration, future: F) -> Self {
        Self { future, limit: Wait::after(timer, limit) }
    }

    pub(crate) fn at(timer: T, deadline: Option<T::Instant>, future: F) -> Self {
        Self { future, limit: Wait::until(timer, deadline) }
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
        this.limit.poll_due(cx).map(|()| Err(Elapsed::new()))
    }
}

impl<F: Future, T: Timer> FusedFuture for Timeout<F, T> {
    fn is_terminated(&self) -> bool {
        self.limit.is_due() || self.limit.is_closed()
    }
}
