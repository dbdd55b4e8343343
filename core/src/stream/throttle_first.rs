use core::fmt;
use core::ops::ControlFlow;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;

use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

use crate::instant::Instant;
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
    pub(super) fn new(source: S, timer: T, period: Duration) -> Self {
        let period = T::Instant::delta_ceil(period);
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
        let is_open = this.wait.as_mut().poll_set(cx).is_ready();
        let mut first = None;
        // The items that come with it, or before the period is over, are dropped.
        let read = drain(this.source, cx, |item| {
            if is_open && first.is_none() {
                first = Some(item);
            }
            ControlFlow::Continue(())
        });
        if read == Drained::Ended {
            this.wait.close();
            return Poll::Ready(first);
        }
        if first.is_some() {
            let again = this.wait.timer().now().checked_after(*this.period);
            this.wait.set_tick(again);
            return Poll::Ready(first);
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
