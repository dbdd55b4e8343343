use core::pin::Pin;
use core::task::{Context, Poll};

use futures_core::{FusedStream, Stream};

/// A stream of whatever `iter` iterates over: an asynchronous range.
///
/// It takes anything that iterates: `0..5`, `(0..=9).rev()`, `(0..10).step_by(3)`, a slice, a `Vec`.
///
/// More precisely: every poll is ready with the iterator's next item. It does not wait and does not yield; what waits is
/// [`pace`](crate::StreamTimeExt::pace). Once the iterator has given `None` it is dropped, and the stream stays at its
/// end, also where the iterator would go on.
///
/// # Cancel safety
///
/// Strict. It is never pending.
///
/// # Examples
///
/// ```
/// use anytempo::{StreamTimeExt, next, range};
/// use core::{pin::pin, time::Duration};
///
/// # let clock = anytempo_virtual::VirtualClock::new();
/// # let executor = anytempo_virtual::Executor::new(&clock);
/// # executor.block_on(async {
/// let mut sum = 0;
/// let mut numbers = range((0..10).step_by(3));
/// while let Some(number) = next(&mut numbers).await {
///     sum += number;
/// }
/// assert_eq!(sum, 18);
///
/// let mut paced = pin!(range(["tick", "tock"]).pace(&clock, Duration::from_secs(1)));
/// assert_eq!(next(&mut paced).await, Some("tick"));
/// assert_eq!(next(&mut paced).await, Some("tock"));
/// assert_eq!(clock.elapsed(), Duration::from_secs(1));
/// # }).unwrap();
/// ```
#[doc(alias = "iter")]
#[doc(alias = "from_iter")]
#[doc(alias = "arange")]
pub fn range<I: IntoIterator>(iter: I) -> Range<I::IntoIter> {
    Range { iter: Some(iter.into_iter()) }
}

/// The stream of [`range`].
#[must_use = "streams do nothing unless polled"]
#[derive(Clone, Debug)]
pub struct Range<I> {
    // `None` once it has ended, since not every iterator stays at its end.
    iter: Option<I>,
}

// The iterator is never pinned.
impl<I> Unpin for Range<I> {}

impl<I: Iterator> Stream for Range<I> {
    type Item = I::Item;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<I::Item>> {
        let Some(iter) = &mut self.iter else { return Poll::Ready(None) };
        let item = iter.next();
        if item.is_none() {
            self.iter = None;
        }
        Poll::Ready(item)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.iter.as_ref().map_or((0, Some(0)), Iterator::size_hint)
    }
}

impl<I: Iterator> FusedStream for Range<I> {
    fn is_terminated(&self) -> bool {
        self.iter.is_none()
    }
}
