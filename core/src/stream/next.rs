use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

use futures_core::{FusedFuture, FusedStream, Stream};

use crate::stream::Unpinned;

/// The next item of a stream, or `None` at its end.
///
/// A stream that is not `Unpin` is pinned first, with [`pin!`](core::pin::pin) or in a box.
///
/// More precisely: each poll polls the stream once, and nothing else.
///
/// # Cancel safety
///
/// Strict, for a stream that is: a drop before the item has come takes nothing from the stream.
///
/// # Examples
///
/// ```
/// use anytempo::{next, range};
///
/// # anytempo_virtual::Executor::new(&anytempo_virtual::VirtualClock::new()).block_on(async {
/// let mut numbers = range(0..2);
/// assert_eq!(next(&mut numbers).await, Some(0));
/// assert_eq!(next(&mut numbers).await, Some(1));
/// assert_eq!(next(&mut numbers).await, None);
/// assert_eq!(next(&mut numbers).await, None);
/// # }).unwrap();
/// ```
#[doc(alias = "anext")]
#[doc(alias = "tick")]
#[doc(alias = "StreamExt::next")]
pub fn next<S: Stream + Unpinned + ?Sized>(stream: &mut S) -> Next<'_, S> {
    Next { stream: Pin::new(stream) }
}

/// The future of [`next`].
#[must_use = "futures do nothing unless polled"]
pub struct Next<'a, S: ?Sized> {
    // Pinned, so that a stream that is not `Unpin` is one error where `next` is called, and none where it is awaited.
    stream: Pin<&'a mut S>,
}

impl<S: Stream + ?Sized> Future for Next<'_, S> {
    type Output = Option<S::Item>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.stream.as_mut().poll_next(cx)
    }
}

impl<S: FusedStream + ?Sized> FusedFuture for Next<'_, S> {
    fn is_terminated(&self) -> bool {
        self.stream.is_terminated()
    }
}

impl<S: ?Sized> fmt::Debug for Next<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Next").finish_non_exhaustive()
    }
}
