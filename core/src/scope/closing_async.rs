use core::fmt;
use core::future::Future;
use core::ops::{Deref, DerefMut};
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use crate::loan::{Lending, lend};
use crate::scope::held::Abort;
use crate::scope::{Body, Close, CloseOutput, Exit};

/// Makes a resource of `value`: an async closure closes it, and `abort` if nothing can be awaited.
///
/// `close` borrows the value, and returns `()` or, if it can fail, `Result<(), E>`. `abort` gets the value if the close did not
/// begin, or did not end. [`drop`] suffices if dropping the value is all there is to do. Once the close has ended, also with
/// an error, the value is dropped.
///
/// An async closure that is stored in a variable needs the type of its argument: `async |value: Lent<'_, V>| ...`. Without it the
/// compiler infers a single lifetime.
///
/// # Examples
///
/// A motor is slowed down when there is time for it, and stopped when there is none:
///
/// ```
/// use anytempo::{Timer, close_on_exit, closing_async};
/// use core::{cell::Cell, future::pending, time::Duration};
///
/// # let clock = anytempo_virtual::VirtualClock::new();
/// # anytempo_virtual::Executor::new(&clock).block_on(async {
/// let speed = Cell::new(0);
/// let slow_down = async |speed: &Cell<u32>| {
///     while speed.get() > 0 {
///         speed.set(speed.get() - 1);
///         clock.sleep(Duration::from_millis(10)).await;
///     }
/// };
/// let stop = |speed: &Cell<u32>| speed.set(0);
///
/// let motor = closing_async(&speed, async |speed| slow_down(&speed).await, stop);
/// let Ok(()) = close_on_exit(motor, async |speed| speed.set(3)).await;
/// assert_eq!(speed.get(), 0);
/// assert_eq!(clock.elapsed(), Duration::from_millis(30));
///
/// // Now the scope is cancelled while it closes: the motor stops at once.
/// let motor = closing_async(&speed, async |speed| slow_down(&speed).await, stop);
/// let scope = close_on_exit(motor, async |speed| speed.set(3));
/// assert!(clock.timeout(Duration::from_millis(15), scope).await.is_err());
/// assert_eq!(speed.get(), 0);
/// assert_eq!(clock.elapsed(), Duration::from_millis(45));
/// # }).unwrap();
/// ```
#[doc(alias = "aclose")]
#[doc(alias = "AsyncDrop")]
pub fn closing_async<V, F, Fut, A>(value: V, close: F, abort: A) -> ClosingAsync<V, F, Fut, A>
where
    F: Body<V, Fut::Output, Fut>,
    Fut: Future<Output: CloseOutput>,
    A: FnOnce(V),
{
    let begin = |value, close| ClosingAsyncFuture { loan: lend(value, close) };
    ClosingAsync { value: Abort::new(value, abort), close, begin }
}

/// The resource of [`closing_async`]. It dereferences to the value.
#[must_use = "a resource that enters no scope is not closed"]
pub struct ClosingAsync<V, F, Fut, A> {
    value: Abort<V, A>,
    close: F,
    begin: Begin<V, F, Fut, A>,
}

// A pointer, as in `Abort`.
type Begin<V, F, Fut, A> = fn(Abort<V, A>, F) -> ClosingAsyncFuture<V, F, Fut, A>;

impl<V, F, Fut, A> Close for ClosingAsync<V, F, Fut, A>
where
    Fut: Future<Output: CloseOutput>,
{
    type Target = V;
    type Error = <Fut::Output as CloseOutput>::Error;
    type Closing = ClosingAsyncFuture<V, F, Fut, A>;

    fn target(&mut self) -> &mut V {
        self.value.get_mut()
    }

    fn close(self, _: Exit) -> ClosingAsyncFuture<V, F, Fut, A> {
        (self.begin)(self.value, self.close)
    }

    fn abort(self) {
        self.value.abort();
    }
}

pin_project! {
    /// The close of a [`ClosingAsync`].
    #[must_use = "futures do nothing unless polled"]
    pub struct ClosingAsyncFuture<V, F, Fut, A> {
        #[pin]
        loan: Lending<Abort<V, A>, F, Fut>,
    }
}

impl<V, F, Fut, A> Future for ClosingAsyncFuture<V, F, Fut, A>
where
    Fut: Future<Output: CloseOutput>,
{
    type Output = Result<(), <Fut::Output as CloseOutput>::Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut loan = self.project().loan;
        let Some(output) = ready!(loan.as_mut().poll_body(cx)) else { return Poll::Pending };
        drop(loan.take_back());
        Poll::Ready(output.into_result())
    }
}

impl<V, F, Fut, A> Deref for ClosingAsync<V, F, Fut, A> {
    type Target = V;

    fn deref(&self) -> &V {
        self.value.get()
    }
}

impl<V, F, Fut, A> DerefMut for ClosingAsync<V, F, Fut, A> {
    fn deref_mut(&mut self) -> &mut V {
        self.value.get_mut()
    }
}

impl<V: fmt::Debug, F, Fut, A> fmt::Debug for ClosingAsync<V, F, Fut, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClosingAsync").field("value", self.value.get()).finish_non_exhaustive()
    }
}

impl<V, F, Fut, A> fmt::Debug for ClosingAsyncFuture<V, F, Fut, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClosingAsyncFuture").finish_non_exhaustive()
    }
}
