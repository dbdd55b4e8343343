use core::fmt;
use core::ops::ControlFlow;
use core::pin::Pin;
use core::task::{Context, Poll};

use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

use crate::instant::Instant;
use crate::span::Span;
use crate::stream::drain::{Drained, drain, nothing, pass, source};
use crate::timer::Timer;
use crate::wait::{Delta, Wait, is_zero};

pin_project! {
    /// The stream of [`throttle_first`](crate::StreamTimeExt::throttle_first).
    #[must_use = "streams do nothing unless polled"]
    pub struct ThrottleFirst<S, T: Timer> {
        #[pin]
        source: S,
        // Due while an item may be given. Closed once the source has ended.
        #[pin]
        wait: Wait<T>,
        period: Delta<T>,
    }
}

impl<S, T: Timer> ThrottleFirst<S, T> {
    pub(super) fn new(source: S, timer: T, period: impl Span<T::Instant>) -> Self {
        let period = period.into_delta();
        Self { source, wait: Wait::due(timer), period }
    }

    source! {}
}

impl<S: Stream, T: Timer> Stream for ThrottleFirst<S, T> {
    type Item = S::Item;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let mut this = self.project();
        if this.wait.is_closed() {
            return Poll::Ready(None);
        }
        if is_zero::<T>(*this.period) {
            return pass(this.source, this.wait, cx);
        }
        let mut first = None;
        let read = drain(this.source, cx, |item| {
            if first.is_none() {
                first = Some(item);
            }
            ControlFlow::Continue(())
        });
        if first.is_some() {
            // The timer is never armed: the end of a period is nothing to wake for.
            let now = this.wait.timer().now();
            if this.wait.has_reached(now) {
                this.wait.as_mut().set_tick(now.checked_after(*this.period));
            } else {
                first = None;
            }
        }
        if read == Drained::Ended {
            this.wait.close();
        } else if first.is_none() {
            return nothing(read, cx);
        }
        Poll::Ready(first)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        if self.wait.is_closed() {
            return (0, Some(0));
        }
        if is_zero::<T>(self.period) {
            return self.source.size_hint();
        }
        (0, self.source.size_hint().1)
    }
}

impl<S: Stream, T: Timer> FusedStream for ThrottleFirst<S, T> {
    fn is_terminated(&self) -> bool {
        self.wait.is_closed()
    }
}

impl<S: fmt::Debug, T: Timer> fmt::Debug for ThrottleFirst<S, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("ThrottleFirst");
        debug.field("source", &self.source);
        debug.field("period", &T::Instant::to_duration(self.period));
        self.wait.fmt_into(&mut debug);
        debug.finish()
    }
}
