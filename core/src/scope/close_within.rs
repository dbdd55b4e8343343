use core::fmt;
use core::future::Future;
use core::ops::{Deref, DerefMut};
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use crate::error::Elapsed;
use crate::future::Timeout;
use crate::scope::{Close, Exit};
use crate::span::{Native, Span};
use crate::timer::Timer;
use crate::wait::Delta;

/// The resource of [`Close::close_within`]. It dereferences to the resource that has the limit.
#[must_use = "a resource that enters no scope is not closed"]
#[derive(Debug)]
pub struct CloseWithin<R, T: Timer> {
    resource: R,
    timer: T,
    limit: Delta<T>,
}

impl<R, T: Timer> CloseWithin<R, T> {
    pub(super) fn new(resource: R, timer: T, limit: impl Span<T::Instant>) -> Self {
        Self { resource, timer, limit: limit.into_delta() }
    }
}

impl<R: Close, T: Timer> Close for CloseWithin<R, T> {
    type Target = R::Target;
    type Error = CloseWithinError<R::Error>;
    type Closing = CloseWithinFuture<R, T>;

    fn target(&mut self) -> &mut R::Target {
        self.resource.target()
    }

    fn close(self, exit: Exit) -> CloseWithinFuture<R, T> {
        let close = Timeout::after(self.timer, Native(self.limit), self.resource.close(exit));
        CloseWithinFuture { close: Some(close) }
    }

    fn abort(self) {
        self.resource.abort();
    }
}

pin_project! {
    /// The close of a [`CloseWithin`].
    #[must_use = "futures do nothing unless polled"]
    pub struct CloseWithinFuture<R: Close, T: Timer> {
        // `None` once it is over.
        #[pin]
        close: Option<Timeout<R::Closing, T>>,
    }
}

impl<R: Close, T: Timer> Future for CloseWithinFuture<R, T> {
    type Output = Result<(), CloseWithinError<R::Error>>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut close = self.project().close;
        let Some(running) = close.as_mut().as_pin_mut() else { return Poll::Pending };
        let result = ready!(running.poll(cx));
        // Dropped here and not with this future, so that it has been aborted when the error is there.
        close.set(None);
        Poll::Ready(match result {
            Ok(closed) => closed.map_err(CloseWithinError::Close),
            Err(elapsed) => Err(CloseWithinError::Elapsed(elapsed)),
        })
    }
}

impl<R: Close, T: Timer> fmt::Debug for CloseWithinFuture<R, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CloseWithinFuture").finish_non_exhaustive()
    }
}

impl<R, T: Timer> Deref for CloseWithin<R, T> {
    type Target = R;

    fn deref(&self) -> &R {
        &self.resource
    }
}

impl<R, T: Timer> DerefMut for CloseWithin<R, T> {
    fn deref_mut(&mut self) -> &mut R {
        &mut self.resource
    }
}

/// Why a close with a [limit](Close::close_within) failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CloseWithinError<E> {
    /// It ended in time, with this error.
    Close(E),
    /// It did not end in time, and was aborted.
    Elapsed(Elapsed),
}

impl<E: fmt::Display> fmt::Display for CloseWithinError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Close(error) => error.fmt(f),
            Self::Elapsed(_) => {
                f.write_str("the close did not end within its time limit, and was aborted")
            }
        }
    }
}

impl<E: core::error::Error> core::error::Error for CloseWithinError<E> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Close(error) => error.source(),
            Self::Elapsed(_) => None,
        }
    }
}
