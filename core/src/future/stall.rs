use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use futures_core::FusedFuture;
use pin_project_lite::pin_project;

use crate::span::Span;
use crate::timer::Timer;
use crate::wait::Wait;

pin_project! {
    /// The future of [`Timer::stall`].
    #[must_use = "futures do nothing unless polled"]
    pub struct Stall<F, T: Timer> {
        #[pin]
        body: F,
        #[pin]
        delay: Wait<T>,
    }
}

impl<F, T: Timer> Stall<F, T> {
    pub(crate) fn new(timer: T, delay: impl Span<T::Instant>, body: F) -> Self {
        Self { body, delay: Wait::after(timer, delay) }
    }

    /// When the delay ends. `None` if that is never, not known yet because it counts from the first poll, or if the stall is over.
    pub fn deadline(&self) -> Option<T::Instant> {
        self.delay.deadline()
    }

    /// Waits for `delay` from now, or from the first poll if there was none. Once the body has begun, it does nothing.
    ///
    /// **Poll it after the reset**, as after [`Sleep::reset`](crate::future::Sleep::reset).
    pub fn reset(self: Pin<&mut Self>, delay: impl Span<T::Instant>) {
        let this = self.project();
        if !this.delay.is_due() {
            this.delay.reset(delay);
        }
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
        ready!(this.delay.as_mut().poll_once(cx));
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

impl<F: fmt::Debug, T: Timer> fmt::Debug for Stall<F, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Stall");
        debug.field("body", &self.body);
        self.delay.fmt_into(&mut debug);
        debug.finish()
    }
}
