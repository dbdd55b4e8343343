use core::fmt;
use core::future::{Future, poll_fn};
use core::mem;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use futures_core::FusedFuture;
use pin_project_lite::pin_project;

use crate::scope::Close;
#[cfg(doc)]
use crate::scope::closing;

/// Runs `body` with a resource, and closes the resource once, however the scope is left.
///
/// | the scope is left by | the resource is | and the scope's output is |
/// |---|---|---|
/// | the end of `body`, `?` in it included | closed, and the close awaited | `Ok(`what `body` gave`)` |
/// | the same, and the close fails | closed | `Err`: a [`CloseError`] with both |
/// | cancellation: the scope is dropped | aborted in the drop | |
/// | a panic that unwinds | aborted as it unwinds | |
///
/// More precisely: `body` begins at the first poll. When it is done its future is dropped first, so that nothing borrows
/// the resource, and then [`poll_close`](Close::poll_close) is polled until it is ready. A drop before that calls
/// [`abort`](Close::abort): before the first poll, in the body, and in the midst of the close. Never both to the end, and
/// never neither. Only where neither the scope nor its drop ever run, as under [`mem::forget`](core::mem::forget), nothing
/// is closed. Once the scope has given its output, or has panicked, a further poll is pending for ever.
///
/// As for any `async` code that awaits another, the compiler keeps room for what `body` captures twice, and may leave a check
/// of its own for a future that is resumed after its end. That check is never reached.
///
/// What [`closing`] makes cannot fail to close, so `let Ok(value) = close_on_exit(..).await;` takes the value out.
///
/// # Spawning
///
/// A scope can be spawned if its parts are `Send`, and its body may borrow. If the *type of the resource* has a borrow in it,
/// such as that of a `closing` whose closure captures by reference, today's compiler cannot see that a task around the
/// scope is `Send`: "implementation of `AsyncFnOnce` is not general enough". Let the resource own what it needs (an `Arc`, a
/// `move` closure), or say at the place where the scope is made that it is `Send`:
///
/// ```
/// use anytempo::{close_on_exit, closing};
/// use core::{future::Future, sync::atomic::{AtomicBool, Ordering}};
///
/// fn send<T>(future: impl Future<Output = T> + Send) -> impl Future<Output = T> + Send {
///     future
/// }
///
/// fn spawn(future: impl Future<Output = ()> + Send + 'static) {
///     # drop(future)
///     // ...
/// }
///
/// spawn(async {
///     let open = AtomicBool::new(true);
///     let resource = closing((), |_| open.store(false, Ordering::Relaxed));
///     let Ok(()) = send(close_on_exit(resource, async |_| ())).await;
/// });
/// ```
///
/// # Cancel safety
///
/// Weak. The resource is aborted, where it would otherwise be closed, and `body` is as cancel-safe as it is.
///
/// # Examples
///
/// An error leaves the scope early, and the resource is closed all the same:
///
/// ```
/// use anytempo::{close_on_exit, closing};
/// use core::{cell::Cell, num::ParseIntError};
///
/// # anytempo_virtual::Executor::new(&anytempo_virtual::VirtualClock::new()).block_on(async {
/// let open = Cell::new(true);
/// let words = closing(vec!["4", "2", "x"], |_| open.set(false));
///
/// let Ok(sum) = close_on_exit(words, async |words| {
///     let mut sum = 0;
///     for word in words.iter() {
///         sum += word.parse::<i32>()?;
///     }
///     Ok::<i32, ParseIntError>(sum)
/// })
/// .await;
///
/// assert!(sum.is_err());
/// assert!(!open.get());
/// # }).unwrap();
/// ```
///
/// A time limit cancels it:
///
/// ```
/// use anytempo::{Timer, close_on_exit, closing};
/// use core::{cell::Cell, future::pending, time::Duration};
///
/// # let clock = anytempo_virtual::VirtualClock::new();
/// # anytempo_virtual::Executor::new(&clock).block_on(async {
/// let open = Cell::new(true);
/// let scope = close_on_exit(closing((), |_| open.set(false)), async |_| pending::<()>().await);
///
/// assert!(clock.timeout(Duration::from_secs(1), scope).await.is_err());
/// assert!(!open.get());
/// # }).unwrap();
/// ```
pub fn close_on_exit<R, F, T>(
    resource: R,
    body: F,
) -> CloseOnExit<impl Future<Output = Result<T, CloseError<T, R::Error>>>>
where
    R: Close,
    F: AsyncFnOnce(&mut R) -> T,
{
    // Made here and not in the block, so that a scope that is dropped before its first poll closes too.
    let mut open = Open { resource, is_open: true };
    let scope = async move {
        let value = body(&mut open.resource).await;
        match poll_fn(|cx| open.poll_close(cx)).await {
            Ok(()) => Ok(value),
            Err(error) => Err(CloseError { value, error }),
        }
    };
    CloseOnExit { scope: Some(scope) }
}

/// A resource that is aborted when it is dropped, unless it was closed before.
struct Open<R: Close> {
    resource: R,
    is_open: bool,
}

impl<R: Close> Open<R> {
    fn poll_close(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), R::Error>> {
        let result = ready!(self.resource.poll_close(cx));
        self.is_open = false;
        Poll::Ready(result)
    }
}

impl<R: Close> Drop for Open<R> {
    fn drop(&mut self) {
        if self.is_open {
            self.resource.abort();
        }
    }
}

pin_project! {
    /// The future of [`close_on_exit`].
    #[must_use = "futures do nothing unless polled"]
    pub struct CloseOnExit<F> {
        // `None` once it is done.
        #[pin]
        scope: Option<F>,
    }
}

impl<F: Future> Future for CloseOnExit<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        // A scope that panics is as over as one that has ended.
        let mut end = EndOnDrop { scope: self.project().scope };
        let Some(running) = end.scope.as_mut().as_pin_mut() else { return Poll::Pending };
        let poll = running.poll(cx);
        if poll.is_pending() {
            mem::forget(end);
        }
        poll
    }
}

struct EndOnDrop<'p, F> {
    scope: Pin<&'p mut Option<F>>,
}

impl<F> Drop for EndOnDrop<'_, F> {
    fn drop(&mut self) {
        self.scope.set(None);
    }
}

impl<F: Future> FusedFuture for CloseOnExit<F> {
    fn is_terminated(&self) -> bool {
        self.scope.is_none()
    }
}

impl<F> fmt::Debug for CloseOnExit<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CloseOnExit").finish_non_exhaustive()
    }
}

/// The body of a scope ran to its end, but the close after it failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CloseError<T, E> {
    /// What the body gave.
    pub value: T,
    /// Why the close failed.
    pub error: E,
}

impl<T, E: fmt::Display> fmt::Display for CloseError<T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the close failed: {}", self.error)
    }
}

impl<T: fmt::Debug, E: core::error::Error + 'static> core::error::Error for CloseError<T, E> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        Some(&self.error)
    }
}
