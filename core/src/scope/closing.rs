use core::convert::Infallible;
use core::fmt;
use core::ops::{Deref, DerefMut};
use core::task::{Context, Poll};

use crate::scope::Close;

/// Gives `value` a close of its own: the closure, which is called once and cannot fail.
///
/// Inside the scope the resource dereferences to the value. The same closure is called on every way out.
///
/// # Examples
///
/// See [`close_on_exit`](crate::close_on_exit).
pub fn closing<V, F: FnOnce(&mut V)>(value: V, close: F) -> Closing<V, F> {
    Closing { value, close: Some(close) }
}

/// The resource of [`closing`].
pub struct Closing<V, F> {
    value: V,
    // `None` once it was called.
    close: Option<F>,
}

impl<V, F: FnOnce(&mut V)> Close for Closing<V, F> {
    type Error = Infallible;

    fn poll_close(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.abort();
        Poll::Ready(Ok(()))
    }

    fn abort(&mut self) {
        // Taken before it is called, so that not even a closure that panics is called twice.
        if let Some(close) = self.close.take() {
            close(&mut self.value);
        }
    }
}

impl<V, F> Deref for Closing<V, F> {
    type Target = V;

    fn deref(&self) -> &V {
        &self.value
    }
}

impl<V, F> DerefMut for Closing<V, F> {
    fn deref_mut(&mut self) -> &mut V {
        &mut self.value
    }
}

impl<V: fmt::Debug, F> fmt::Debug for Closing<V, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Closing").field("value", &self.value).finish_non_exhaustive()
    }
}
