use core::task::{Context, Poll};

/// What can be closed in an orderly way, which may take time, or at once.
///
/// A scope such as [`close_on_exit`](crate::close_on_exit) sees to it that one of the two happens, and that it happens
/// once. The close is a poll method, and not an `async fn`, so that it needs no heap and nothing has to be said about
/// `Send`: a scope is `Send` if what it holds is (for a resource that borrows see
/// [there](crate::close_on_exit#spawning)). A type that has such a method already (`poll_shutdown`, `poll_close`)
/// forwards to it; for one with a plain `close` there is [`closing`](crate::closing).
///
/// # For implementers
///
/// - `poll_close` is called again until it is ready, and after that nothing is called any more.
/// - `abort` is called at most once, at any time before `poll_close` has been ready: also in the midst of a close, and
///   also while a panic unwinds. It MUST NOT panic.
pub trait Close {
    /// Why a close failed. [`Infallible`](core::convert::Infallible) for one that cannot.
    type Error;

    /// Begins an orderly close, or goes on with one that has begun.
    ///
    /// # Errors
    ///
    /// The close failed. It is over all the same, and not tried again.
    fn poll_close(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>>;

    /// Closes at once, without waiting and with no one left to tell about a failure.
    fn abort(&mut self);
}

/// What is lent can be closed by whom it was lent to.
impl<R: Close + ?Sized> Close for &mut R {
    type Error = R::Error;

    fn poll_close(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), R::Error>> {
        (**self).poll_close(cx)
    }

    fn abort(&mut self) {
        (**self).abort();
    }
}
