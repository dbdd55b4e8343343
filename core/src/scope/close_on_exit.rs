use core::fmt;
use core::future::Future;
use core::mem;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use futures_core::FusedFuture;
use pin_project_lite::pin_project;

#[cfg(doc)]
use crate::loan::Lent;
use crate::loan::{Scope, lend};
use crate::scope::{Body, Close, Exit};

/// Runs `body` with a resource, and closes the resource once, however the scope is left.
///
/// | the scope is left by | the resource is | and the scope's output is |
/// |---|---|---|
/// | the end of `body` | closed, and the close awaited | `Ok(`what `body` gave`)` |
/// | the same, and the close fails | closed | `Err`: a [`CloseError`] with both |
/// | cancellation: the scope is dropped | aborted in the drop, or its close is spawned | |
/// | a panic that unwinds | the same, as it unwinds | |
///
/// For a body that uses `?` take [`try_close_on_exit`](crate::try_close_on_exit). Its output says which of the two failed. The
/// resource says what is closed, and how:
///
/// | the close is | the resource is made by |
/// |---|---|
/// | a closure, done at once | [`closing(value, close)`](crate::closing) |
/// | an async closure | [`closing_async(value, close, abort)`](crate::closing_async) |
/// | a method that consumes the value; or a commit, or a roll-back if the body failed | [`closing_owned(value, close, abort)`](crate::closing_owned) |
/// | a poll method, such as `AsyncWrite::poll_shutdown` | [`closing_poll(value, method, abort)`](crate::closing_poll) |
/// | a type's own | an implementation of [`Close`] |
/// | that of several, in the reverse order of entry | a tuple or an array of resources, or a scope in a scope |
/// | that of a number known only at run time | a `CloseStack`, with the feature `alloc` |
/// | limited in time | [`resource.close_within(timer, limit)`](Close::close_within) |
/// | spawned where it cannot be awaited | [`resource.spawn_on_drop(spawner)`](Close#method.spawn_on_drop), with the feature `alloc` |
///
/// More precisely: `body` begins at the first poll. When it is done its future is dropped first, so that nothing borrows
/// the resource. Then the resource is [closed](Close::close).
///
/// - A drop before the body is done [aborts](Close::abort) the resource, also before the first poll. A drop of a running close aborts
///   that close. Exactly one of the two happens.
/// - Nothing is closed if the scope neither runs nor is dropped, as under [`mem::forget`](core::mem::forget).
/// - If the body replaces the resource with [`mem::replace`](core::mem::replace), the new one is closed.
/// - After the output or a panic, a further poll is pending forever.
///
/// The body gets a [`Lent`], which dereferences to the resource, or to the value in it. It cannot leave the body. The body may borrow
/// from its surroundings. The scope is `Send` if its parts are.
///
/// A close that cannot fail, such as that of a [`closing`](crate::closing) whose closure gives nothing, needs no handling:
/// `let Ok(value) = close_on_exit(..).await;`. To ignore the errors of a close, write
/// `.await.unwrap_or_else(CloseError::into_value)`.
///
/// The compiler may add a panic to an `async` body or close, for a poll after its end. It is never reached.
///
/// # Cancel safety
///
/// Weak. The resource is aborted, or its close spawned, instead of being closed in the scope. `body` is as cancel-safe as it is.
/// A scope that is dropped while it closes drops what the body gave, also an error: [`cancel`](CloseOnExit::cancel) returns it.
/// To limit only the close, and keep what the body gave, use [`close_within`](Close::close_within).
///
/// # Examples
///
/// The close is awaited:
///
/// ```
/// use anytempo::{Timer, close_on_exit, closing_async};
/// use core::time::Duration;
///
/// # let clock = anytempo_virtual::VirtualClock::new();
/// # anytempo_virtual::Executor::new(&clock).block_on(async {
/// let second = Duration::from_secs(1);
/// let connection = closing_async(vec!["hello"], async |_| clock.sleep(second).await, drop);
///
/// let Ok(sent) = close_on_exit(connection, async |mut connection| {
///     clock.sleep(second).await;
///     connection.push("how are you");
///     connection.len()
/// })
/// .await;
/// assert_eq!(sent, 2);
/// assert_eq!(clock.elapsed(), Duration::from_secs(2));
/// # }).unwrap();
/// ```
///
/// A close that fails keeps what the body gave:
///
/// ```
/// use anytempo::{CloseError, close_on_exit, closing};
///
/// # anytempo_virtual::Executor::new(&anytempo_virtual::VirtualClock::new()).block_on(async {
/// let file = closing("words", |_| Err("the disk is full"));
/// let failed = close_on_exit(file, async |file| file.len()).await;
/// assert_eq!(failed, Err(CloseError::new(5, "the disk is full")));
/// # }).unwrap();
/// ```
///
/// A time limit cancels the scope, and the resource is aborted at once:
///
/// ```
/// use anytempo::{Timer, close_on_exit, closing};
/// use core::{cell::Cell, future::pending, time::Duration};
///
/// # let clock = anytempo_virtual::VirtualClock::new();
/// # anytempo_virtual::Executor::new(&clock).block_on(async {
/// let open = Cell::new(true);
/// let scope = close_on_exit(closing((), |()| open.set(false)), async |_| pending::<()>().await);
///
/// assert!(clock.timeout(Duration::from_secs(1), scope).await.is_err());
/// assert!(!open.get());
/// # }).unwrap();
/// ```
///
/// So does a panic:
///
/// ```
/// use anytempo::{close_on_exit, closing};
/// use std::sync::{Arc, atomic::{AtomicBool, Ordering}};
///
/// let open = Arc::new(AtomicBool::new(true));
/// let resource = closing(open.clone(), |open| open.store(false, Ordering::Relaxed));
/// let panicked = std::thread::spawn(|| {
///     let clock = anytempo_virtual::VirtualClock::new();
///     let scope = close_on_exit(resource, async |_| -> () { panic!("as a body might") });
///     let _ = anytempo_virtual::Executor::new(&clock).block_on(scope);
/// });
/// assert!(panicked.join().is_err());
/// assert!(!open.load(Ordering::Relaxed));
/// ```
///
/// Several resources, of which the last is closed first. With scopes in one another each can be opened while those before it
/// are sure to be closed, also if it cannot be opened at all:
///
/// ```
/// use anytempo::{CloseError, close_on_exit, closing};
/// use core::cell::RefCell;
///
/// # anytempo_virtual::Executor::new(&anytempo_virtual::VirtualClock::new()).block_on(async {
/// let closed = RefCell::new(Vec::new());
/// let open = |name| closing(name, |name| closed.borrow_mut().push(name));
///
/// let both = close_on_exit((open("disk"), open("file")), async |both| both.0.len());
/// assert_eq!(both.await.unwrap_or_else(CloseError::into_value), 4);
/// assert_eq!(*closed.borrow(), ["file", "disk"]);
///
/// let Ok(Ok(())) = close_on_exit(open("socket"), async |_| {
///     close_on_exit(open("session"), async |_| ()).await
/// })
/// .await;
/// assert_eq!(*closed.borrow(), ["file", "disk", "session", "socket"]);
/// # }).unwrap();
/// ```
#[doc(alias = "aclosing")]
#[doc(alias = "bracket")]
#[doc(alias = "defer")]
#[doc(alias = "finally")]
#[doc(alias = "scopeguard")]
#[doc(alias = "AsyncExitStack")]
pub fn close_on_exit<R, F, Fut>(resource: R, body: F) -> CloseOnExit<R, F, Fut>
where
    R: Close,
    F: Body<R::Target, Fut::Output, Fut>,
    Fut: Future,
{
    CloseOnExit { state: Scope::Body { lending: lend(resource, body) } }
}

pin_project! {
    /// The future of [`close_on_exit`].
    ///
    /// `F` is the body before it begins, `Fut` the body as it runs.
    #[must_use = "futures do nothing unless polled"]
    pub struct CloseOnExit<R: Close, F, Fut: Future> {
        #[pin]
        state: Scope<R, F, Fut>,
    }
}

impl<R: Close, F, Fut: Future> Future for CloseOnExit<R, F, Fut> {
    type Output = Output<Fut::Output, R::Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.poll_scope(cx, |_| Exit::Completed)
    }
}

impl<R: Close, F, Fut: Future> CloseOnExit<R, F, Fut> {
    /// Cancels the scope at once, as a drop does. Returns what the body gave, if the close was still running.
    ///
    /// A scope that is dropped while it closes drops what its body gave, also an error. This is the way to have it all the
    /// same. The scope is over then, and a further poll is pending forever.
    ///
    /// # Examples
    ///
    /// A time limit on the whole scope, which the close exceeds:
    ///
    /// ```
    /// use anytempo::{Timer, close_on_exit, closing_async};
    /// use core::{future::pending, pin::pin, time::Duration};
    ///
    /// # let clock = anytempo_virtual::VirtualClock::new();
    /// # anytempo_virtual::Executor::new(&clock).block_on(async {
    /// let peer = closing_async("peer", async |_| pending::<()>().await, drop);
    /// let mut scope = pin!(close_on_exit(peer, async |peer| peer.len()));
    ///
    /// let limited = clock.timeout(Duration::from_secs(5), scope.as_mut()).await;
    /// assert!(limited.is_err());
    /// assert_eq!(scope.cancel(), Some(4));
    /// # }).unwrap();
    /// ```
    pub fn cancel(self: Pin<&mut Self>) -> Option<Fut::Output> {
        self.project().state.cancel()
    }

    /// Polls the scope, where `exit` says how the body has ended.
    pub(super) fn poll_scope(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        exit: impl FnOnce(&Fut::Output) -> Exit,
    ) -> Poll<Output<Fut::Output, R::Error>> {
        // A scope that panics is over, and what is open is aborted as it unwinds.
        let mut end = EndOnDrop { state: self.project().state };
        let poll = end.state.as_mut().poll(cx, exit);
        mem::forget(end);
        match ready!(poll) {
            Some((value, Ok(()))) => Poll::Ready(Ok(value)),
            Some((value, Err(error))) => Poll::Ready(Err(CloseError::new(value, error))),
            None => Poll::Pending,
        }
    }
}

struct EndOnDrop<'p, R: Close, F, Fut: Future> {
    state: Pin<&'p mut Scope<R, F, Fut>>,
}

impl<R: Close, F, Fut: Future> Drop for EndOnDrop<'_, R, F, Fut> {
    fn drop(&mut self) {
        self.state.set(Scope::Over);
    }
}

impl<R: Close, F, Fut: Future> FusedFuture for CloseOnExit<R, F, Fut> {
    fn is_terminated(&self) -> bool {
        self.state.is_over()
    }
}

impl<R: Close, F, Fut: Future> fmt::Debug for CloseOnExit<R, F, Fut> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CloseOnExit").finish_non_exhaustive()
    }
}

type Output<T, E> = Result<T, CloseError<T, E>>;

/// The body of a scope ran to its end, but the close after it failed.
///
/// More fields may be added: match it with `CloseError { value, error, .. }`, and make it with [`new`](CloseError::new).
///
/// | to go on with | write |
/// |---|---|
/// | the value | `.unwrap_or_else(CloseError::into_value)` |
/// | the error of the close, for `?` | `.map_err(CloseError::into_error)?` |
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[expect(
    clippy::manual_non_exhaustive,
    reason = "with `#[non_exhaustive]` the compiler would not see that there is no error where no close can fail"
)]
pub struct CloseError<T, E> {
    /// What the body gave.
    pub value: T,
    /// Why the close failed.
    pub error: E,
    _more: (),
}

impl<T, E> CloseError<T, E> {
    /// Makes it of what the body gave, and why the close failed.
    pub const fn new(value: T, error: E) -> Self {
        Self { value, error, _more: () }
    }

    /// What the body gave, without the error.
    pub fn into_value(self) -> T {
        self.value
    }

    /// Why the close failed, without the value: for `?`.
    pub fn into_error(self) -> E {
        self.error
    }
}

// The value is left out of it, and so need not be `Debug`: an error of any value can go through `?`.
impl<T, E: fmt::Debug> fmt::Debug for CloseError<T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CloseError").field("error", &self.error).finish_non_exhaustive()
    }
}

impl<T, E: fmt::Display> fmt::Display for CloseError<T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the close failed: {}", self.error)
    }
}

impl<T, E: core::error::Error> core::error::Error for CloseError<T, E> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        self.error.source()
    }
}
