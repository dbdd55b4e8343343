use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

use crate::generate::slot::{BodyFor, Loan, Yielder};

/// A stream written as `async` code: each [`emit`](Yielder::emit) in `body` is an item.
///
/// The body may await whatever it likes between items, and give them from loops and branches. Nothing is on the heap, and
/// the waker of whoever polls the stream is passed to the body unchanged.
///
/// More precisely: the body begins at the first poll. Each poll of the stream polls the body once, and gives the item that
/// it left in the slot, if it did. The end of the body is the end of the stream, after an item that was given last. A body
/// that panics ends the stream too: the panic goes on to whoever polls, and after it the stream is at its end, once it has
/// given an item that the body had left.
///
/// It is not `Unpin`: pin it with [`pin!`](core::pin::pin), or in a box. The compiler may leave a check of its own in the body,
/// for one that is resumed after its end; that check is never reached.
///
/// Dropping the stream drops the body where it stands, with all that it holds.
///
/// # Cancel safety
///
/// Strict. The stream may be polled, left and polled again at will. For an emit that the body itself abandons see
/// [`emit`](Yielder::emit).
///
/// # Examples
///
/// ```
/// use anytempo::{Timer, generate, next};
/// use core::{pin::pin, time::Duration};
///
/// # let clock = anytempo_virtual::VirtualClock::new();
/// # anytempo_virtual::Executor::new(&clock).block_on(async {
/// let mut squares = pin!(generate(async |mut y| {
///     for number in 1..=3 {
///         clock.sleep(Duration::from_secs(1)).await;
///         y.emit(number * number).await;
///     }
/// }));
/// assert_eq!(next(&mut squares).await, Some(1));
/// assert_eq!(next(&mut squares).await, Some(4));
/// assert_eq!(next(&mut squares).await, Some(9));
/// assert_eq!(next(&mut squares).await, None);
/// assert_eq!(clock.elapsed(), Duration::from_secs(3));
/// # }).unwrap();
/// ```
///
/// The yielder cannot leave the body. This compiles:
///
/// ```
/// let mut escaped = None;
/// let stream = anytempo::generate(async |y| {
///     let yielder: anytempo::generate::Yielder<'_, u8> = y;
///     escaped = Some(0);
/// #   let _ = yielder;
/// });
/// # drop(stream);
/// # let _ = escaped;
/// ```
///
/// and this does not:
///
/// ```compile_fail
/// let mut escaped = None;
/// let stream = anytempo::generate(async |y| {
///     let yielder: anytempo::generate::Yielder<'_, u8> = y;
///     escaped = Some(yielder);
/// });
/// # drop(stream);
/// # let _ = escaped;
/// ```
pub fn generate<T, F>(body: F) -> Generate<T, F, <F as BodyFor<'static, T>>::Future>
where
    F: AsyncFnOnce(Yielder<'_, T>) + for<'a> BodyFor<'a, T>,
{
    Generate { loan: Loan::new(body) }
}

pin_project! {
    /// The stream of [`generate`].
    ///
    /// `F` is the body before it begins, `Fut` the body as it runs.
    #[must_use = "streams do nothing unless polled"]
    pub struct Generate<T, F, Fut> {
        #[pin]
        loan: Loan<T, F, Fut>,
    }
}

impl<T, F, Fut: Future<Output = ()>> Stream for Generate<T, F, Fut> {
    type Item = T;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        let mut loan = self.project().loan;
        let body = loan.as_mut().poll_body(cx);
        match loan.take() {
            // Also where the body is over: then this is its last item.
            Some(item) => Poll::Ready(Some(item)),
            None => body.map(|()| None),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match (self.loan.is_over(), self.loan.is_full()) {
            (false, full) => (usize::from(full), None),
            // Only a body that panicked leaves an item for the next poll.
            (true, full) => (usize::from(full), Some(usize::from(full))),
        }
    }
}

impl<T, F, Fut: Future<Output = ()>> FusedStream for Generate<T, F, Fut> {
    fn is_terminated(&self) -> bool {
        self.loan.is_over() && !self.loan.is_full()
    }
}

impl<T, F, Fut> fmt::Debug for Generate<T, F, Fut> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Generate").field("ended", &self.loan.is_over()).finish_non_exhaustive()
    }
}
