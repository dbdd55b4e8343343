use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

use crate::instant::Instant;
use crate::span::{Native, Span};
use crate::stream::drain::source;
use crate::timer::Timer;
use crate::wait::{Delta, Wait};

pin_project! {
    /// The stream of [`keep_alive`](crate::StreamTimeExt::keep_alive).
    #[must_use = "streams do nothing unless polled"]
    pub struct KeepAlive<S, T: Timer, F> {
        #[pin]
        source: S,
        // Closed once the source has ended.
        #[pin]
        wait: Wait<T>,
        idle: Delta<T>,
        make: F,
    }
}

impl<S, T: Timer, F> KeepAlive<S, T, F> {
    pub(super) fn new(source: S, timer: T, idle: impl Span<T::Instant>, make: F) -> Self {
        let idle = idle.into_delta();
        let wait = Wait::after(timer, Native(idle));
        Self { source, wait, idle, make }
    }

    source! {}
}

impl<S: Stream, T: Timer, F: FnMut() -> S::Item> Stream for KeepAlive<S, T, F> {
    type Item = S::Item;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let mut this = self.project();
        if this.wait.is_closed() {
            return Poll::Ready(None);
        }
        let item = match this.source.poll_next(cx) {
            Poll::Ready(Some(item)) => item,
            Poll::Ready(None) => {
                this.wait.close();
                return Poll::Ready(None);
            }
            Poll::Pending => {
                match this.wait.as_mut().poll_tick(*this.idle, false, cx) {
                    Some(poll) => _ = ready!(poll),
                    None => ready!(this.wait.as_mut().poll_delay(cx)),
                }
                (this.make)()
            }
        };
        let end = this.wait.timer().now().checked_after(*this.idle);
        this.wait.set_tick(end);
        Poll::Ready(Some(item))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        if self.wait.is_closed() { (0, Some(0)) } else { (self.source.size_hint().0, None) }
    }
}

impl<S: Stream, T: Timer, F: FnMut() -> S::Item> FusedStream for KeepAlive<S, T, F> {
    fn is_terminated(&self) -> bool {
        self.wait.is_closed()
    }
}

impl<S: fmt::Debug, T: Timer, F> fmt::Debug for KeepAlive<S, T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("KeepAlive");
        debug.field("source", &self.source);
        debug.field("idle", &T::Instant::to_duration(self.idle));
        self.wait.fmt_into(&mut debug);
        debug.finish()
    }
}
