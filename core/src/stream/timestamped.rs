use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

use crate::stream::drain::source;
use crate::timer::Timer;

pin_project! {
    /// The stream of [`StreamTimeExt::timestamped`](crate::StreamTimeExt::timestamped).
    #[must_use = "streams do nothing unless polled"]
    pub struct Timestamped<S, T> {
        #[pin]
        source: S,
        // `None` once the stream is over.
        timer: Option<T>,
    }
}

impl<S, T: Timer> Timestamped<S, T> {
    pub(super) fn new(source: S, timer: T) -> Self {
        Self { source, timer: Some(timer) }
    }

    source! {}
}

impl<S: Stream, T: Timer> Stream for Timestamped<S, T> {
    type Item = (T::Instant, S::Item);

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.project();
        let Some(timer) = this.timer else { return Poll::Ready(None) };
        let Some(item) = ready!(this.source.poll_next(cx)) else {
            *this.timer = None;
            return Poll::Ready(None);
        };
        Poll::Ready(Some((timer.now(), item)))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        if self.timer.is_none() { (0, Some(0)) } else { self.source.size_hint() }
    }
}

impl<S: Stream, T: Timer> FusedStream for Timestamped<S, T> {
    fn is_terminated(&self) -> bool {
        self.timer.is_none()
    }
}

impl<S: fmt::Debug, T> fmt::Debug for Timestamped<S, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Timestamped").field("source", &self.source).finish_non_exhaustive()
    }
}
