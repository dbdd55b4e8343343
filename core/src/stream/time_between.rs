use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use core::time::Duration;

use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

use crate::instant::Instant;
use crate::stream::drain::source;
use crate::timer::{Deadline, Timer};
use crate::wait::never;

pin_project! {
    /// The stream of [`time_between`](crate::StreamTimeExt::time_between).
    #[must_use = "streams do nothing unless polled"]
    pub struct TimeBetween<S, T: Timer> {
        #[pin]
        source: S,
        // `None` once the stream is over.
        timer: Option<T>,
        // When the item before was given. Never before the first poll.
        last: Deadline<T>,
    }
}

impl<S, T: Timer> TimeBetween<S, T> {
    pub(super) fn new(source: S, timer: T) -> Self {
        Self { source, timer: Some(timer), last: never::<T>() }
    }

    source! {}
}

impl<S: Stream, T: Timer> Stream for TimeBetween<S, T> {
    type Item = (Duration, S::Item);

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.project();
        let Some(timer) = this.timer else { return Poll::Ready(None) };
        let last: Option<T::Instant> = (*this.last).into();
        let last = match last {
            Some(last) => last,
            None => {
                let first = timer.now();
                *this.last = first.into();
                first
            }
        };
        let Some(item) = ready!(this.source.poll_next(cx)) else {
            *this.timer = None;
            return Poll::Ready(None);
        };
        let now = timer.now();
        *this.last = now.into();
        Poll::Ready(Some((T::Instant::to_duration(now.saturating_since(last)), item)))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        if self.timer.is_none() { (0, Some(0)) } else { self.source.size_hint() }
    }
}

impl<S: Stream, T: Timer> FusedStream for TimeBetween<S, T> {
    fn is_terminated(&self) -> bool {
        self.timer.is_none()
    }
}

impl<S: fmt::Debug, T: Timer> fmt::Debug for TimeBetween<S, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("TimeBetween");
        debug.field("source", &self.source).field("last", &self.last);
        debug.finish()
    }
}
