use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use core::time::Duration;

use futures_core::FusedFuture;
use pin_project_lite::pin_project;

use crate::timer::Timer;
use crate::wait::Wait;

pin_project! {
    /// The future of [`Timer::stall`].
    #[must_use = "futures do nothing unless polled"]
    #[derive(Debug)]
    pub struct Stall<F, T: Timer> {
        #[pin]
        body: F,
        #[pin]
        delay: Wait<T>,
    }
}

impl<F, T: Timer> Stall<F, T> {
    pub(crate) fn new(timer: T, delay: Duration, body: F) -> Self {
        Self { body, delay: Wait::after(timer, delay) }
    }

    /// The body, which may not have begun.
    pub fn get_ref(&self) -> &F {
        &self.body
    }

    /// The body, to be changed.
    pub fn get_mut(&mut self) -> &mut F {
        &mut self.body
    }

    /// The body, pinned.
    pub fn get_pin_mut(self: Pin<&mut Self>) -> Pin<&mut F> {
        self.project().body
    }

    /// Gives the body back, without what is left of the delay.
    pub fn into_inner(self) -> F {
        self.body
    }
}

impl<F: Future, T: Timer> Future for Stall<F, T> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let mut this = self.project();
        if this.delay.is_closed() {
            return Poll::Pending;
        }
        ready!(this.delay.as_mut().poll_wait(cx));
        let output = ready!(this.body.poll(cx));
        this.delay.close();
        Poll::Ready(output)
    }
}

impl<F: Future, T: Timer> FusedFuture for Stall<F, T> {
    fn is_terminated(&self) -> bool {
        self.delay.is_closed()
    }
}
