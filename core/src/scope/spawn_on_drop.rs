use alloc::boxed::Box;
use core::fmt;
use core::future::Future;
use core::ops::{Deref, DerefMut};
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use crate::scope::Close;

/// What can spawn a task, for [`Close::spawn_on_drop`]. The adapters have one for their runtime, and [`spawn_fn`] makes one of a
/// closure.
///
/// It is a trait over the type of the task, so that a runtime whose tasks are `Send` asks for that, and one whose tasks are not
/// does not.
///
/// # For implementers
///
/// - `spawn` MUST run the task to its end, or drop it. It MUST NOT block and MUST NOT panic: it is called in a drop.
/// - Where the runtime is gone the task MUST be dropped, which aborts what it would have closed.
pub trait Spawn<F> {
    /// Spawns `task`.
    fn spawn(&self, task: F);
}

/// Makes a spawner of a closure.
///
/// It is called in a drop and should not panic, as `tokio::spawn` does where there is no runtime.
///
/// # Examples
///
/// ```
/// use anytempo::{Close, closing, scope::spawn_fn};
///
/// fn spawn(task: impl Future<Output = ()> + Send + 'static) {
///     # drop(task)
///     // ...
/// }
///
/// let resource = closing((), |()| ()).spawn_on_drop(spawn_fn(|task| spawn(task)));
/// ```
pub fn spawn_fn<T, F: Fn(T)>(spawn: F) -> SpawnFn<T, F> {
    SpawnFn { spawn, call: |spawn, task| spawn(task) }
}

/// The spawner of [`spawn_fn`].
#[derive(Clone, Copy)]
pub struct SpawnFn<T, F> {
    spawn: F,
    // A pointer, as in `Abort`.
    call: fn(&F, T),
}

impl<T, F> Spawn<T> for SpawnFn<T, F> {
    fn spawn(&self, task: T) {
        (self.call)(&self.spawn, task);
    }
}

impl<T, F> fmt::Debug for SpawnFn<T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SpawnFn").finish_non_exhaustive()
    }
}

/// The resource of [`Close::spawn_on_drop`]. It dereferences to the resource that it closes.
#[must_use = "a resource that enters no scope is not closed"]
pub struct SpawnOnDrop<R: Close, S> {
    resource: R,
    spawner: Spawner<R::Closing, S>,
}

/// A spawner, and how it spawns the task.
struct Spawner<C, S> {
    spawner: S,
    // A pointer, as in `Abort`.
    spawn: fn(&S, CloseTask<C>),
}

impl<R: Close, S> SpawnOnDrop<R, S> {
    pub(super) fn new(resource: R, spawner: S) -> Self
    where
        S: Spawn<CloseTask<R::Closing>>,
    {
        Self { resource, spawner: Spawner { spawner, spawn: S::spawn } }
    }
}

impl<R: Close, S> Close for SpawnOnDrop<R, S> {
    type Target = R::Target;
    type Error = R::Error;
    type Closing = SpawnOnDropFuture<R::Closing, S>;

    fn target(&mut self) -> &mut R::Target {
        self.resource.target()
    }

    fn close(self) -> SpawnOnDropFuture<R::Closing, S> {
        // In a box, so that it can be handed over in its midst.
        SpawnOnDropFuture { close: Some(Box::pin(self.resource.close())), spawner: self.spawner }
    }

    fn abort(self) {
        drop(self.close());
    }
}

/// The close of a [`SpawnOnDrop`].
#[must_use = "futures do nothing unless polled"]
pub struct SpawnOnDropFuture<C, S> {
    // `None` once it is over.
    close: Option<Pin<Box<C>>>,
    spawner: Spawner<C, S>,
}

// The close is pinned in its box, and the spawner never is.
impl<C, S> Unpin for SpawnOnDropFuture<C, S> {}

impl<C: Future, S> Future for SpawnOnDropFuture<C, S> {
    type Output = C::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<C::Output> {
        // Out of its place while it is polled: a close that panics is not handed over, but dropped, and so aborted.
        let Some(mut close) = self.close.take() else { return Poll::Pending };
        let poll = close.as_mut().poll(cx);
        if poll.is_pending() {
            self.close = Some(close);
        }
        poll
    }
}

impl<C, S> Drop for SpawnOnDropFuture<C, S> {
    fn drop(&mut self) {
        if let Some(close) = self.close.take() {
            (self.spawner.spawn)(&self.spawner.spawner, CloseTask { close });
        }
    }
}

/// The task that [`Close::spawn_on_drop`] spawns: it closes, and drops the error if there is one.
#[must_use = "futures do nothing unless polled"]
pub struct CloseTask<C> {
    close: Pin<Box<C>>,
}

impl<C: Future> Future for CloseTask<C> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let _result = ready!(self.close.as_mut().poll(cx));
        Poll::Ready(())
    }
}

impl<R: Close, S> Deref for SpawnOnDrop<R, S> {
    type Target = R;

    fn deref(&self) -> &R {
        &self.resource
    }
}

impl<R: Close, S> DerefMut for SpawnOnDrop<R, S> {
    fn deref_mut(&mut self) -> &mut R {
        &mut self.resource
    }
}

impl<R: Close + fmt::Debug, S: fmt::Debug> fmt::Debug for SpawnOnDrop<R, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SpawnOnDrop")
            .field("resource", &self.resource)
            .field("spawner", &self.spawner.spawner)
            .finish()
    }
}

impl<C, S> fmt::Debug for SpawnOnDropFuture<C, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SpawnOnDropFuture").finish_non_exhaustive()
    }
}

impl<C> fmt::Debug for CloseTask<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CloseTask").finish_non_exhaustive()
    }
}
