use core::fmt;
use core::ops::ControlFlow;
use core::pin::Pin;
use core::task::{Context, Poll};

use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

use crate::instant::Instant;
use crate::span::{Native, Span};
use crate::stream::drain::{Drained, drain, lossy_size, nothing, pass, source};
use crate::stream::next_on_grid;
use crate::timer::Timer;
use crate::wait::{Delta, Wait, is_zero, never};

pin_project! {
    /// The stream of [`sample`](crate::StreamTimeExt::sample).
    #[must_use = "streams do nothing unless polled"]
    pub struct Sample<S: Stream, T: Timer> {
        #[pin]
        source: S,
        // The next tick. Due once a tick has passed without an item: then it has the time of that tick, and the timer rests
        // until there is an item. Closed once the source has ended.
        #[pin]
        wait: Wait<T>,
        period: Delta<T>,
        held: Option<S::Item>,
    }
}

impl<S: Stream, T: Timer> Sample<S, T> {
    pub(super) fn new(source: S, timer: T, period: impl Span<T::Instant>) -> Self {
        let period = period.into_delta();
        let wait = Wait::after(timer, Native(period));
        Self { source, wait, period, held: None }
    }

    source! {
        /// An item that waits for its time is lost.
    }
}

impl<S: Stream, T: Timer> Stream for Sample<S, T> {
    type Item = S::Item;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let mut this = self.project();
        if this.wait.is_closed() {
            return Poll::Ready(None);
        }
        if is_zero::<T>(*this.period) {
            return pass(this.source, this.wait, cx);
        }
        let rests = this.wait.is_due();
        let mut is_due = !rests && this.wait.as_mut().poll_limit(cx).is_ready();
        let held = this.held;
        let read = drain(this.source, cx, |item| {
            *held = Some(item);
            ControlFlow::Continue(())
        });
        if read == Drained::Ended {
            this.wait.close();
            return Poll::Ready(held.take());
        }
        if held.is_some() && (rests || is_due) {
            let now = this.wait.timer().now();
            let next = match this.wait.deadline() {
                Some(tick) => next_on_grid::<T>(tick, *this.period, now),
                None => never::<T>(),
            };
            // An item that arrives in the instant of a tick belongs to it.
            is_due |= next != never::<T>() && next == now.checked_add(*this.period);
            this.wait.as_mut().reset_until(next);
            if is_due || this.wait.poll_limit(cx).is_ready() {
                return Poll::Ready(held.take());
            }
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

impl<S: Stream, T: Timer> FusedStream for Sample<S, T> {
    fn is_terminated(&self) -> bool {
        self.wait.is_closed()
    }
}

impl<S: Stream<Item: fmt::Debug> + fmt::Debug, T: Timer> fmt::Debug for Sample<S, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Sample");
        debug.field("source", &self.source).field("held", &self.held);
        debug.field("period", &T::Instant::to_duration(self.period));
        self.wait.fmt_into(&mut debug);
        debug.finish()
    }
}
