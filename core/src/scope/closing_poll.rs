use core::fmt;
use core::future::Future;
use core::ops::{Deref, DerefMut};
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use crate::scope::held::{Abort, Held};
use crate::scope::{Close, Exit};

/// Makes a resource of `value`: its own poll method closes it, and `abort` if nothing can be awaited.
///
/// Pass the path of the method: `AsyncWrite::poll_shutdown` of tokio, or `AsyncWrite::poll_close` and `Sink::poll_close` of futures. The
/// close does what that method does. That of async-std's `TcpStream`, for example, only flushes.
///
/// The method is polled until it is ready. Then the value is dropped, also after an error. `abort` gets the value if the close does
/// not end. [`drop`] suffices if dropping the value is all there is to do.
///
/// A value that is not `Unpin` comes in a pinned box, or as a `Pin<&mut V>`, with `|value, cx| value.get_mut().as_mut().poll_close(cx)`.
///
/// # Examples
///
/// ```
/// use anytempo::{close_on_exit, closing_poll};
/// use core::{pin::Pin, task::{Context, Poll}};
///
/// struct Connection;
///
/// // As in the traits of tokio and futures.
/// impl Connection {
///     fn send(&mut self, _: &[u8]) {}
///
///     fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), &'static str>> {
///         Poll::Ready(Err("the peer has gone"))
///     }
/// }
///
/// # anytempo_virtual::Executor::new(&anytempo_virtual::VirtualClock::new()).block_on(async {
/// let connection = closing_poll(Connection, Connection::poll_shutdown, drop);
/// let failed = close_on_exit(connection, async |mut connection| connection.send(b"hello")).await;
/// assert_eq!(failed.unwrap_err().error, "the peer has gone");
/// # }).unwrap();
/// ```
#[doc(alias = "poll_close")]
#[doc(alias = "poll_shutdown")]
pub fn closing_poll<V, E, A>(value: V, close: PollClose<V, E>, abort: A) -> ClosingPoll<V, E, A>
where
    V: Unpin,
    A: FnOnce(V),
{
    ClosingPoll { value: Abort::new(value, abort), close }
}

/// A close as a poll method: `poll_shutdown`, `poll_close`.
pub type PollClose<V, E> = fn(Pin<&mut V>, &mut Context<'_>) -> Poll<Result<(), E>>;

/// The resource of [`closing_poll`]. It dereferences to the value.
#[must_use = "a resource that enters no scope is not closed"]
pub struct ClosingPoll<V, E, A> {
    value: Abort<V, A>,
    close: PollClose<V, E>,
}

impl<V: Unpin, E, A> Close for ClosingPoll<V, E, A> {
    type Target = V;
    type Error = E;
    type Closing = ClosingPollFuture<V, E, A>;

    fn target(&mut self) -> &mut V {
        self.value.get_mut()
    }

    fn close(self, _: Exit) -> ClosingPollFuture<V, E, A> {
        ClosingPollFuture { held: Held::new(self.value), close: self.close }
    }

    fn abort(self) {
        self.value.abort();
    }
}

/// The close of a [`ClosingPoll`].
#[must_use = "futures do nothing unless polled"]
pub struct ClosingPollFuture<V, E, A> {
    held: Held<V, A>,
    close: PollClose<V, E>,
}

// What is pinned is `Unpin`.
impl<V: Unpin, E, A> Unpin for ClosingPollFuture<V, E, A> {}

impl<V: Unpin, E, A> Future for ClosingPollFuture<V, E, A> {
    type Output = Result<(), E>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), E>> {
        let close = self.close;
        let Some(value) = self.held.get_mut() else { return Poll::Pending };
        let result = ready!(close(Pin::new(value), cx));
        self.held.release();
        Poll::Ready(result)
    }
}

impl<V, E, A> Deref for ClosingPoll<V, E, A> {
    type Target = V;

    fn deref(&self) -> &V {
        self.value.get()
    }
}

impl<V, E, A> DerefMut for ClosingPoll<V, E, A> {
    fn deref_mut(&mut self) -> &mut V {
        self.value.get_mut()
    }
}

impl<V: fmt::Debug, E, A> fmt::Debug for ClosingPoll<V, E, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClosingPoll").field("value", self.value.get()).finish_non_exhaustive()
    }
}

impl<V, E, A> fmt::Debug for ClosingPollFuture<V, E, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClosingPollFuture").finish_non_exhaustive()
    }
}
