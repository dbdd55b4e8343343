use core::fmt;
use core::ops::ControlFlow;
use core::pin::Pin;
use core::task::{Context, Poll};

use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

use crate::instant::Instant;
use crate::span::Span;
use crate::stream::debounce::sealed::Limit;
use crate::stream::drain::{Drained, drain, lossy_size, nothing, source};
use crate::timer::{Deadline, Timer};
use crate::wait::{Delta, Wait, is_zero, never};

pin_project! {
    /// The stream of [`debounce`](crate::StreamTimeExt::debounce).
    #[must_use = "streams do nothing unless polled"]
    pub struct Debounce<S: Stream, T: Timer, L = ()> {
        #[pin]
        source: S,
        // Closed once the source has ended.
        #[pin]
        wait: Wait<T>,
        quiet: Delta<T>,
        held: Option<S::Item>,
        limit: L,
    }
}

impl<S: Stream, T: Timer> Debounce<S, T> {
    pub(super) fn new(source: S, timer: T, quiet: impl Span<T::Instant>) -> Self {
        let quiet = quiet.into_delta();
        Self { source, wait: Wait::due(timer), quiet, held: None, limit: () }
    }

    /// Lets no item wait longer than `limit`, also if the source is never quiet.
    ///
    /// ```
    /// # use anytempo::StreamTimeExt;
    /// # use anytempo_virtual::marbles::{TICK, check};
    /// // A character is a second.
    /// check("abcdefgh--|", |source, clock| source.debounce(clock, TICK * 2), "---------h|");
    /// check(
    ///     "abcdefgh--|",
    ///     |source, clock| source.debounce(clock, TICK * 2).at_most(TICK * 3),
    ///     "---c--f--h|",
    /// );
    /// ```
    ///
    /// More precisely: `limit` counts from the arrival of the first item after the last one that was given. When it is over the
    /// newest item is given.
    ///
    /// - `debounce(timer, quiet).at_most(quiet)` is what RxJS calls `audit`.
    /// - With a zero `limit` every item is given at once. A `limit` beyond the clock's range is none.
    /// - It is meant for a stream that has not begun: an item that waits already is not limited.
    #[doc(alias = "audit")]
    #[doc(alias = "auditTime")]
    #[doc(alias = "maxWait")]
    pub fn at_most(self, limit: impl Span<T::Instant>) -> Debounce<S, T, AtMost<T>> {
        let Self { source, wait, quiet, held, limit: () } = self;
        let limit = AtMost { limit: limit.into_delta(), end: never::<T>() };
        Debounce { source, wait, quiet, held, limit }
    }
}

impl<S: Stream, T: Timer, L> Debounce<S, T, L> {
    source! {
        /// An item that waits for its time is lost.
    }
}

/// The limit of [`Debounce::at_most`].
#[derive(Debug)]
pub struct AtMost<T: Timer> {
    limit: Delta<T>,
    /// When the item that waits is given at the latest.
    end: Deadline<T>,
}

mod sealed {
    use crate::timer::{Deadline, Timer};

    /// How long an item may wait: as long as the source is not quiet, or [`AtMost`](super::AtMost) so long.
    pub trait Limit<T: Timer> {
        fn is_zero(&self) -> bool;

        /// An item begins to wait.
        fn begin(&mut self, now: T::Instant);

        /// The earlier one of `quiet` and the limit.
        fn earlier(&self, quiet: Deadline<T>) -> Deadline<T>;
    }
}

impl<T: Timer> Limit<T> for () {
    #[inline(always)]
    fn is_zero(&self) -> bool {
        false
    }

    #[inline(always)]
    fn begin(&mut self, _: T::Instant) {}

    #[inline(always)]
    fn earlier(&self, quiet: Deadline<T>) -> Deadline<T> {
        quiet
    }
}

impl<T: Timer> Limit<T> for AtMost<T> {
    fn is_zero(&self) -> bool {
        is_zero::<T>(self.limit)
    }

    fn begin(&mut self, now: T::Instant) {
        self.end = now.checked_after(self.limit);
    }

    fn earlier(&self, quiet: Deadline<T>) -> Deadline<T> {
        let end: Option<T::Instant> = self.end.into();
        let at: Option<T::Instant> = quiet.into();
        match (end, at) {
            (Some(end), Some(at)) if end >= at => quiet,
            (None, _) => quiet,
            _ => self.end,
        }
    }
}

impl<S: Stream, T: Timer, L: Limit<T>> Debounce<S, T, L> {
    /// Whether each item is given as it comes.
    fn passes(&self) -> bool {
        is_zero::<T>(self.quiet) || self.limit.is_zero()
    }
}

impl<S: Stream, T: Timer, L: Limit<T>> Stream for Debounce<S, T, L> {
    type Item = S::Item;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let passes = self.passes();
        let mut this = self.project();
        if this.wait.is_closed() {
            return Poll::Ready(None);
        }
        let held = this.held;
        let waits = held.is_some();
        // An item whose time is up is given before a newer one can take its place.
        if waits {
            if let Some(reached) = this.wait.as_mut().poll_reached(cx) {
                return reached.map(|()| held.take());
            }
        }
        let mut is_newer = false;
        let read = drain(this.source, cx, |item| {
            *held = Some(item);
            is_newer = true;
            if passes { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        if read == Drained::Ended {
            this.wait.close();
            return Poll::Ready(held.take());
        }
        if read == Drained::Enough {
            return Poll::Ready(held.take());
        }
        if is_newer {
            let now = this.wait.timer().now();
            if !waits {
                this.limit.begin(now);
            }
            let end = this.limit.earlier(now.checked_after(*this.quiet));
            this.wait.as_mut().set_tick(end);
        }
        // Armed once in a poll, whether or not it was set.
        if held.is_some() {
            this.wait.arm(cx);
        }
        nothing(read, cx)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        if self.wait.is_closed() {
            return (0, Some(0));
        }
        if self.passes() {
            return self.source.size_hint();
        }
        lossy_size(&self.source, self.held.is_some())
    }
}

impl<S: Stream, T: Timer, L: Limit<T>> FusedStream for Debounce<S, T, L> {
    fn is_terminated(&self) -> bool {
        self.wait.is_closed()
    }
}

impl<S: Stream<Item: fmt::Debug> + fmt::Debug, T: Timer, L> fmt::Debug for Debounce<S, T, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Debounce");
        debug.field("source", &self.source).field("held", &self.held);
        debug.field("quiet", &T::Instant::to_duration(self.quiet));
        self.wait.fmt_into(&mut debug);
        debug.finish()
    }
}
