use core::convert::Infallible;
use core::fmt;
use core::future::Future;
use core::ops::{Deref, DerefMut};
use core::pin::Pin;
use core::task::{Context, Poll};

use crate::scope::Close;

/// Gives `value` a close of its own: the closure, which is called once, at once, on every way out.
///
/// It may fail: then it gives a `Result<(), E>`. Where there is no one to tell, when a scope is cancelled or a panic unwinds, the
/// error is dropped.
///
/// # Examples
///
/// ```
/// use anytempo::{close_on_exit, closing};
/// use core::cell::Cell;
///
/// # anytempo_virtual::Executor::new(&anytempo_virtual::VirtualClock::new()).block_on(async {
/// let closed = Cell::new(None);
/// let words = closing(vec!["to", "be"], |words| closed.set(Some(words.len())));
///
/// let Ok(()) = close_on_exit(words, async |mut words| words.push("continued")).await;
/// assert_eq!(closed.get(), Some(3));
/// # }).unwrap();
/// ```
pub fn closing<V, F, O>(value: V, close: F) -> Closing<V, F, O>
where
    F: FnOnce(V) -> O,
    O: CloseOutput,
{
    Closing { value, close, call: |close, value| close(value) }
}

/// The resource of [`closing`]. It dereferences to the value.
#[must_use = "a resource that enters no scope is not closed"]
pub struct Closing<V, F, O> {
    value: V,
    close: F,
    // A pointer, as in `Abort`.
    call: fn(F, V) -> O,
}

impl<V, F, O> Closing<V, F, O> {
    fn call(self) -> O {
        (self.call)(self.close, self.value)
    }
}

impl<V, F, O: CloseOutput> Close for Closing<V, F, O> {
    type Target = V;
    type Error = O::Error;
    type Closing = ClosingFuture<V, F, O>;

    fn target(&mut self) -> &mut V {
        &mut self.value
    }

    fn close(self) -> ClosingFuture<V, F, O> {
        ClosingFuture { closing: Some(self) }
    }

    fn abort(self) {
        self.call();
    }
}

/// The close of a [`Closing`].
#[must_use = "futures do nothing unless polled"]
pub struct ClosingFuture<V, F, O> {
    closing: Option<Closing<V, F, O>>,
}

// Nothing in it is ever pinned.
impl<V, F, O> Unpin for ClosingFuture<V, F, O> {}

impl<V, F, O: CloseOutput> Future for ClosingFuture<V, F, O> {
    type Output = Result<(), O::Error>;

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Self::Output> {
        // Taken before it is called, so that not even a closure that panics is called twice.
        match self.closing.take() {
            Some(closing) => Poll::Ready(closing.call().into_result()),
            None => Poll::Pending,
        }
    }
}

impl<V, F, O> Drop for ClosingFuture<V, F, O> {
    fn drop(&mut self) {
        if let Some(closing) = self.closing.take() {
            closing.call();
        }
    }
}

impl<V, F, O> Deref for Closing<V, F, O> {
    type Target = V;

    fn deref(&self) -> &V {
        &self.value
    }
}

impl<V, F, O> DerefMut for Closing<V, F, O> {
    fn deref_mut(&mut self) -> &mut V {
        &mut self.value
    }
}

impl<V: fmt::Debug, F, O> fmt::Debug for Closing<V, F, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Closing").field("value", &self.value).finish_non_exhaustive()
    }
}

impl<V, F, O> fmt::Debug for ClosingFuture<V, F, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClosingFuture").finish_non_exhaustive()
    }
}

/// What a close may give: nothing, if it cannot fail, or a `Result<(), E>`. It cannot be implemented for anything else.
#[diagnostic::on_unimplemented(
    message = "a close cannot give `{Self}`",
    note = "a close gives `()`, or `Result<(), E>` if it can fail"
)]
pub trait CloseOutput: sealed::Sealed {
    /// Why the close failed.
    type Error;

    /// Whether it failed.
    fn into_result(self) -> Result<(), Self::Error>;
}

impl CloseOutput for () {
    type Error = Infallible;

    fn into_result(self) -> Result<(), Infallible> {
        Ok(())
    }
}

impl<E> CloseOutput for Result<(), E> {
    type Error = E;

    fn into_result(self) -> Result<(), E> {
        self
    }
}

mod sealed {
    pub trait Sealed {}

    impl Sealed for () {}
    impl<E> Sealed for Result<(), E> {}
}
