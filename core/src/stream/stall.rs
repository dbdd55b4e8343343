use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

use crate::span::Span;
use crate::timer::Timer;
use crate::wait::Wait;

pin_project! {
    /// The stream of [`StreamTimeExt::stall`](crate::StreamTimeExt::stall).
    #[must_use = "streams do nothing unless polled"]
    pub struct Stall<S, T: Timer> {
        #[pin]
        source: S,
        #[pin]
        delay: Wait<T>,
    }
}

impl<S, T: Timer> Stall<S, T> {
    pub(super) fn new(source: S, timer: T, delay: impl Span<T::Instant>) -> Self {
        Self { source, delay: Wait::after(timer, delay) }
    }

    /// When the delay ends. `None` if that is never, not known yet because it counts from the first poll, or if the stall is over.
    pub fn deadline(&self) -> Option<T::Instant> {
        self.delay.deadline()
    }

    /// Waits for `delay` from now, or from the first poll if there was none. Once the source has begun, it does nothing.
    ///
    /// **Poll it after the reset**, as after [`Sleep::reset`](crate::future::Sleep::reset).
    pub fn reset(self: Pin<&mut Self>, delay: impl Span<T::Instant>) {
        let this = self.project();
        if !this.delay.is_due() {
            this.delay.reset(delay);
        }
    }

    /// The source, which may not have begun.
    pub fn get_ref(&self) -> &S {
        &self.source
    }

    /// The source, to be changed.
    pub fn get_mut(&mut self) -> &mut S {
        &mut self.source
    }

    /// The source, pinned.
    pub fn get_pin_mut(self: Pin<&mut Self>) -> Pin<&mut S> {
        self.project().source
    }

    /// Gives the source back, without what is left of the delay.
    pub fn into_inner(self) -> S {
        self.source
    }
}

impl<S: Stream, T: Timer> Stream for Stall<S, T> {
    type Item = S::Item;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let mut this = self.project();
        if this.delay.is_closed() {
            return Poll::Ready(None);
        }
        ready!(this.delay.as_mut().poll_once(cx));
        let item = ready!(this.source.poll_next(cx));
        if item.is_none() {
            this.delay.close();
        }
        Poll::Ready(item)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        if self.delay.is_closed() { (0, Some(0)) } else { self.source.size_hint() }
    }
}

impl<S: Stream, T: Timer> FusedStream for Stall<S, T> {
    fn is_terminated(&self) -> bool {
        self.delay.is_closed()
    }
}

impl<S: fmt::Debug, T: Timer> fmt::Debug for Stall<S, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Stall");
        debug.field("source", &self.source);
        self.delay.fmt_into(&mut debug);
        debug.finish()
    }
}
