use core::fmt;
use core::ops::ControlFlow;
use core::pin::Pin;
use core::task::{Context, Poll};

use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

use crate::instant::Instant;
use crate::span::Span;
use crate::stream::drain::{Drained, drain, lossy_size, nothing, source};
use crate::timer::Timer;
use crate::wait::{Delta, Wait, is_zero};

pin_project! {
    /// The stream of [`throttle_latest`](crate::StreamTimeExt::throttle_latest).
    #[must_use = "streams do nothing unless polled"]
    pub struct ThrottleLatest<S: Stream, T: Timer> {
        #[pin]
        source: S,
        // Due while an item may be given. Closed once the source has ended.
        #[pin]
        wait: Wait<T>,
        period: Delta<T>,
        held: Option<S::Item>,
    }
}

impl<S: Stream, T: Timer> ThrottleLatest<S, T> {
    pub(super) fn new(source: S, timer: T, period: impl Span<T::Instant>) -> Self {
        let period = period.into_delta();
        Self { source, wait: Wait::due(timer), period, held: None }
    }

    source! {
        /// An item that waits for its time is lost.
    }
}

impl<S: Stream, T: Timer> Stream for ThrottleLatest<S, T> {
    type Item = S::Item;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let mut this = self.project();
        if this.wait.is_closed() {
            return Poll::Ready(None);
        }
        let passes = is_zero::<T>(*this.period);
        let held = this.held;
        let read = drain(this.source, cx, |item| {
            *held = Some(item);
            if passes { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        if read == Drained::Ended {
            this.wait.close();
            return Poll::Ready(held.take());
        }
        // The end of a period wakes the task only where an item waits for it.
        if held.is_some() && this.wait.as_mut().poll_set(cx).is_ready() {
            // Without a period it stays open.
            if !passes {
                let again = this.wait.timer().now().checked_after(*this.period);
                this.wait.set_tick(again);
            }
            return Poll::Ready(held.take());
        }
        nothing(read, cx)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        if self.wait.is_closed() {
            return (0, Some(0));
        }
        if is_zero::<T>(self.period) {
            return self.source.size_hint();
        }
        lossy_size(&self.source, self.held.is_some())
    }
}

impl<S: Stream, T: Timer> FusedStream for ThrottleLatest<S, T> {
    fn is_terminated(&self) -> bool {
        self.wait.is_closed()
    }
}

impl<S: Stream<Item: fmt::Debug> + fmt::Debug, T: Timer> fmt::Debug for ThrottleLatest<S, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("ThrottleLatest");
        debug.field("source", &self.source).field("held", &self.held);
        debug.field("period", &T::Instant::to_duration(self.period));
        self.wait.fmt_into(&mut debug);
        debug.finish()
    }
}
