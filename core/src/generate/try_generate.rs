use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

use crate::generate::Body;
#[cfg(doc)]
use crate::generate::Yielder;
use crate::generate::slot::{Slot, ask, nothing};
use crate::loan::{Loan, share};

/// A [generator](crate::generate()) whose body may use `?`. The error is the last item.
///
/// More precisely: each [`emit`](Yielder::emit) is an item `Ok`. A body that ends with `Ok(())` ends the stream; one that ends
/// with an error gives it as one more item, `Err`, after an item that it had left in the slot, and then the stream is at its
/// end. [`generate`](crate::generate()) has the rest.
///
/// # Cancel safety
///
/// Strict, as for [`generate`](crate::generate()).
///
/// # Examples
///
/// ```
/// use anytempo::{next, try_generate};
/// use core::{num::ParseIntError, pin::pin};
///
/// # anytempo_virtual::Executor::new(&anytempo_virtual::VirtualClock::new()).block_on(async {
/// let mut numbers = pin!(try_generate(async |mut y| {
///     for word in ["4", "2", "x", "7"] {
///         y.emit(word.parse::<i32>()?).await;
///     }
///     Ok::<(), ParseIntError>(())
/// }));
/// assert_eq!(next(&mut numbers).await, Some(Ok(4)));
/// assert_eq!(next(&mut numbers).await, Some(Ok(2)));
/// assert!(matches!(next(&mut numbers).await, Some(Err(_))));
/// assert_eq!(next(&mut numbers).await, None);
/// # }).unwrap();
/// ```
#[doc(alias = "try_stream")]
pub fn try_generate<T, E, F, Fut>(body: F) -> TryGenerate<T, E, F, Fut>
where
    F: Body<T, Result<(), E>, Fut>,
    Fut: Future,
{
    TryGenerate { loan: share(Slot::new(), body), error: None }
}

pin_project! {
    /// The stream of [`try_generate`].
    ///
    /// `F` is the body before it begins, `Fut` the body as it runs.
    #[must_use = "streams do nothing unless polled"]
    pub struct TryGenerate<T, E, F, Fut> {
        #[pin]
        loan: Loan<Slot<T>, F, Fut>,
        // Kept only while an item is given that comes before it.
        error: Option<E>,
    }
}

impl<T, E, F, Fut: Future<Output = Result<(), E>>> Stream for TryGenerate<T, E, F, Fut> {
    type Item = Result<T, E>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<T, E>>> {
        let mut this = self.project();
        ask(this.loan.as_mut(), cx.waker());
        let Poll::Ready(end) = this.loan.as_mut().poll_begun(cx) else {
            return match this.loan.as_mut().shared().take() {
                Some(item) => Poll::Ready(Some(Ok(item))),
                None => nothing(&this.loan),
            };
        };
        if let Some(Err(error)) = end {
            *this.error = Some(error);
        }
        let last = this.loan.shared().take().map(Ok);
        Poll::Ready(last.or_else(|| this.error.take().map(Err)))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = usize::from(self.loan.peek().is_full()) + usize::from(self.error.is_some());
        (left, self.loan.is_over().then_some(left))
    }
}

impl<T, E, F, Fut: Future<Output = Result<(), E>>> FusedStream for TryGenerate<T, E, F, Fut> {
    fn is_terminated(&self) -> bool {
        self.loan.is_over() && self.error.is_none() && !self.loan.peek().is_full()
    }
}

impl<T, E, F, Fut> fmt::Debug for TryGenerate<T, E, F, Fut> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TryGenerate").field("ended", &self.loan.is_over()).finish_non_exhaustive()
    }
}
