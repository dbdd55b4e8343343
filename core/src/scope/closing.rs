use core::convert::Infallible;
use core::fmt;
use core::future::Future;
use core::ops::{Deref, DerefMut};
use core::pin::Pin;
use core::task::{Context, Poll};

use crate::scope::{Close, Exit};

/// Makes a resource of `value`: a closure closes it, at once, on every way out.
///
/// A closure that can fail returns a `Result<(), E>`. If the scope is cancelled, or a panic unwinds, the error is dropped.
///
/// A close that waits is a [`closing_async`](crate::closing_async). One that commits or rolls back is a
/// [`closing_owned`](crate::closing_owned).
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
#[doc(alias = "guard")]
#[doc(alias = "scopeguard")]
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
    type Closing = ClosingFuture<O::Error>;

    fn target(&mut self) -> &mut V {
        &mut self.value
    }

    fn close(self, _: Exit) -> ClosingFuture<O::Error> {
        ClosingFuture { result: Some(self.call().into_result()) }
    }

    fn abort(self) {
        self.call();
    }
}

/// The close of a [`Closing`]: it has happened, and this tells how it ended.
#[must_use = "futures do nothing unless polled"]
pub struct ClosingFuture<E> {
    // `None` once it was told.
    result: Option<Result<(), E>>,
}

// Nothing in it is ever pinned.
impl<E> Unpin for ClosingFuture<E> {}

impl<E> Future for ClosingFuture<E> {
    type Output = Result<(), E>;

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Self::Output> {
        self.result.take().map_or(Poll::Pending, Poll::Ready)
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

impl<E> fmt::Debug for ClosingFuture<E> {
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
