use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use futures_core::{FusedFuture, Stream};

use crate::stream::Unpinned;

/// The next item of a stream, or `default` at its end.
///
/// More precisely: as [`next`](crate::next), with `default` for `None`. Once it has given its output it is pending for
/// ever, as the default may have been given away.
///
/// # Cancel safety
///
/// Strict, for a stream that is: a drop before the item has come takes nothing from the stream. The default is dropped.
///
/// # Examples
///
/// ```
/// use anytempo::{next_or, range};
///
/// # anytempo_virtual::Executor::new(&anytempo_virtual::VirtualClock::new()).block_on(async {
/// let mut numbers = range(7..8);
/// assert_eq!(next_or(&mut numbers, 0).await, 7);
/// assert_eq!(next_or(&mut numbers, 0).await, 0);
/// # }).unwrap();
/// ```
#[doc(alias = "anext")]
pub fn next_or<S: Stream + Unpinned + ?Sized>(
    stream: &mut S,
    default: S::Item,
) -> NextOr<'_, S, S::Item> {
    NextOr { stream: Pin::new(stream), default: Some(default) }
}

/// The future of [`next_or`].
#[must_use = "futures do nothing unless polled"]
pub struct NextOr<'a, S: ?Sized, I> {
    stream: Pin<&'a mut S>,
    // `None` once the output was given.
    default: Option<I>,
}

// The default is never pinned.
impl<S: ?Sized, I> Unpin for NextOr<'_, S, I> {}

impl<S: Stream + ?Sized> Future for NextOr<'_, S, S::Item> {
    type Output = S::Item;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<S::Item> {
        if self.default.is_none() {
            return Poll::Pending;
        }
        let item = ready!(self.stream.as_mut().poll_next(cx));
        let default = self.default.take();
        item.or(default).map_or(Poll::Pending, Poll::Ready)
    }
}

impl<S: Stream + ?Sized> FusedFuture for NextOr<'_, S, S::Item> {
    fn is_terminated(&self) -> bool {
        self.default.is_none()
    }
}

impl<S: ?Sized, I> fmt::Debug for NextOr<'_, S, I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NextOr").finish_non_exhaustive()
    }
}
