use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

use crate::span::Span;
use crate::stream::drain::source;
use crate::timer::{Deadline, Timer};
use crate::wait::Wait;

pin_project! {
    /// The stream of [`take_for`](crate::StreamTimeExt::take_for) and [`take_before`](crate::StreamTimeExt::take_before).
    #[must_use = "streams do nothing unless polled"]
    pub struct TakeFor<S, T: Timer> {
        #[pin]
        source: S,
        // Closed once the stream is over.
        #[pin]
        limit: Wait<T>,
    }
}

impl<S, T: Timer> TakeFor<S, T> {
    pub(super) fn after(source: S, timer: T, span: impl Span<T::Instant>) -> Self {
        Self { source, limit: Wait::after(timer, span) }
    }

    pub(super) fn until(source: S, timer: T, deadline: Deadline<T>) -> Self {
        Self { source, limit: Wait::until(timer, deadline) }
    }

    /// When the stream ends at the latest. `None` if that is never, not known yet because it counts from the first poll, or
    /// if the stream is over.
    pub fn deadline(&self) -> Option<T::Instant> {
        self.limit.deadline()
    }

    /// Ends the stream `span` from now, or from the first poll if there was none. A stream that is over stays over.
    ///
    /// **Poll it after the reset**, as after [`Sleep::reset`](crate::future::Sleep::reset).
    pub fn reset(self: Pin<&mut Self>, span: impl Span<T::Instant>) {
        self.project().limit.reset(span);
    }

    /// Ends the stream at `deadline`. `None` is never. A stream that is over stays over.
    ///
    /// **Poll it after the reset**, as after [`reset`](Self::reset).
    pub fn reset_at(self: Pin<&mut Self>, deadline: impl Into<Deadline<T>>) {
        self.project().limit.reset_until(deadline);
    }

    source! {
        /// It has all items that were not given.
    }
}

impl<S: Stream, T: Timer> Stream for TakeFor<S, T> {
    type Item = S::Item;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let mut this = self.project();
        if this.limit.is_closed() {
            return Poll::Ready(None);
        }
        // The timer comes first: a source that is always ready would never let it have a turn.
        if this.limit.as_mut().poll_limit(cx).is_ready() {
            this.limit.close();
            return Poll::Ready(None);
        }
        let item = ready!(this.source.poll_next(cx));
        if item.is_none() {
            this.limit.close();
        }
        Poll::Ready(item)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        if self.limit.is_closed() { (0, Some(0)) } else { (0, self.source.size_hint().1) }
    }
}

impl<S: Stream, T: Timer> FusedStream for TakeFor<S, T> {
    fn is_terminated(&self) -> bool {
        self.limit.is_closed()
    }
}

impl<S: fmt::Debug, T: Timer> fmt::Debug for TakeFor<S, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("TakeFor");
        debug.field("source", &self.source);
        self.limit.fmt_into(&mut debug);
        debug.finish()
    }
}
