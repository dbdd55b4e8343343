use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

use crate::error::Elapsed;
use crate::instant::Instant;
use crate::span::{Native, Span};
use crate::stream::drain::source;
use crate::timer::Timer;
use crate::wait::{Delta, Wait};

pin_project! {
    /// The stream of [`timeout_each`](crate::StreamTimeExt::timeout_each).
    ///
    /// `E` says how many errors a gap has: [`OncePerGap`], or [`Repeating`] after [`repeating`](TimeoutEach::repeating).
    #[must_use = "streams do nothing unless polled"]
    pub struct TimeoutEach<S, T: Timer, E = OncePerGap> {
        #[pin]
        source: S,
        // Due once the gap is reported. Closed once the source has ended.
        #[pin]
        wait: Wait<T>,
        limit: Delta<T>,
        errors: E,
    }
}

/// A gap has one error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct OncePerGap;

/// A gap has an error for each limit in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Repeating;

/// How many errors a gap has. It is sealed.
pub trait Errors: sealed::Sealed {}

impl Errors for OncePerGap {}
impl Errors for Repeating {}

mod sealed {
    pub trait Sealed {
        const REPEATING: bool;
    }

    impl Sealed for super::OncePerGap {
        const REPEATING: bool = false;
    }

    impl Sealed for super::Repeating {
        const REPEATING: bool = true;
    }
}

impl<S, T: Timer> TimeoutEach<S, T> {
    pub(super) fn new(source: S, timer: T, limit: impl Span<T::Instant>) -> Self {
        let limit = limit.into_delta();
        let wait = Wait::after(timer, Native(limit));
        Self { source, wait, limit, errors: OncePerGap }
    }

    /// Gives an error for each `limit` in a gap, not only for the first one.
    ///
    /// ```
    /// # use anytempo::StreamTimeExt;
    /// # use anytempo_virtual::marbles::{TICK, check};
    /// // A character is a second.
    /// check(
    ///     "ab-------c|",
    ///     |source, clock| source.timeout_each(clock, TICK * 3).repeating(),
    ///     "ab--!--!-c|",
    /// );
    /// ```
    ///
    /// The limit counts from the request that follows an error, as it does after an item. With a zero limit one pending poll
    /// comes before each error, and wakes the task.
    #[doc(alias = "timeout_repeating")]
    pub fn repeating(self) -> TimeoutEach<S, T, Repeating> {
        let Self { source, wait, limit, errors: OncePerGap } = self;
        TimeoutEach { source, wait, limit, errors: Repeating }
    }
}

impl<S, T: Timer, E: Errors> TimeoutEach<S, T, E> {
    /// Sets another limit for the first item.
    ///
    /// ```
    /// # use anytempo::StreamTimeExt;
    /// # use anytempo_virtual::marbles::{TICK, check};
    /// // A character is a second.
    /// check(
    ///     "-----ab---c|",
    ///     |source, clock| source.timeout_each(clock, TICK * 2).first(TICK * 6),
    ///     "-----ab-!-c|",
    /// );
    /// ```
    ///
    /// It is meant for a stream that has not begun. Otherwise it holds for the gap that runs, and counts from the next poll.
    pub fn first(self, limit: impl Span<T::Instant>) -> Self {
        if self.wait.is_closed() {
            return self;
        }
        Self { wait: Wait::after(self.wait.timer().clone(), limit), ..self }
    }

    source! {}
}

impl<S: Stream, T: Timer, E: Errors> Stream for TimeoutEach<S, T, E> {
    type Item = Result<S::Item, Elapsed>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut this = self.project();
        if this.wait.is_closed() {
            return Poll::Ready(None);
        }
        let limit = *this.limit;
        match this.source.poll_next(cx) {
            Poll::Ready(Some(item)) => {
                this.wait.restart(limit);
                Poll::Ready(Some(Ok(item)))
            }
            Poll::Ready(None) => {
                this.wait.close();
                Poll::Ready(None)
            }
            Poll::Pending if E::REPEATING => {
                // It yields, as there may be nothing to wait for.
                ready!(this.wait.as_mut().poll_delay_of(limit, cx));
                this.wait.restart(limit);
                Poll::Ready(Some(Err(Elapsed::new())))
            }
            Poll::Pending if this.wait.is_due() => Poll::Pending,
            Poll::Pending => this.wait.poll_limit_of(limit, cx).map(|()| Some(Err(Elapsed::new()))),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        if self.wait.is_closed() {
            return (0, Some(0));
        }
        let (lower, upper) = self.source.size_hint();
        // An error may come before each item and before the end.
        let upper = if E::REPEATING { None } else { upper };
        (lower, upper.and_then(|it| it.checked_mul(2)?.checked_add(1)))
    }
}

impl<S: Stream, T: Timer, E: Errors> FusedStream for TimeoutEach<S, T, E> {
    fn is_terminated(&self) -> bool {
        self.wait.is_closed()
    }
}

impl<S: fmt::Debug, T: Timer, E> fmt::Debug for TimeoutEach<S, T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("TimeoutEach");
        debug.field("source", &self.source);
        debug.field("limit", &T::Instant::to_duration(self.limit));
        self.wait.fmt_into(&mut debug);
        debug.finish()
    }
}
