use alloc::boxed::Box;
use core::fmt;
use core::future::Future;
use core::ops::{Deref, DerefMut};
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use crate::scope::{Close, Exit, Open};

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
pub fn spawn_fn<T>(spawn: impl Fn(T)) -> impl Spawn<T> + fmt::Debug {
    SpawnFn { spawn, call: |spawn, task| spawn(task) }
}

struct SpawnFn<T, F> {
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
    spawner: Spawner<R, S>,
}

/// A spawner, and how it spawns the task.
struct Spawner<R: Close, S> {
    spawner: S,
    // A pointer, as in `Abort`.
    spawn: fn(&S, CloseTask<R>),
}

impl<R: Close, S> SpawnOnDrop<R, S> {
    pub(super) fn new(resource: R, spawner: S) -> Self
    where
        S: Spawn<CloseTask<R>>,
    {
        Self { resource, spawner: Spawner { spawner, spawn: S::spawn } }
    }
}

impl<R: Close, S> Close for SpawnOnDrop<R, S> {
    type Target = R::Target;
    type Error = R::Error;
    type Closing = SpawnOnDropFuture<R, S>;

    fn target(&mut self) -> &mut R::Target {
        self.resource.target()
    }

    fn close(self, exit: Exit) -> SpawnOnDropFuture<R, S> {
        // In a box, so that a running close can be handed over.
        let close = Deferred::Open { open: Open::new(self.resource), exit };
        SpawnOnDropFuture { close: Some(Box::pin(close)), spawner: self.spawner }
    }

    fn abort(self) {
        drop(self.close(Exit::Cancelled));
    }
}

pin_project! {
    /// A close that begins with its first poll, and so in the task where that is spawned.
    #[project = DeferredPinned]
    enum Deferred<R: Close> {
        Open { open: Open<R>, exit: Exit },
        Closing { #[pin] closing: R::Closing },
    }
}

impl<R: Close> Future for Deferred<R> {
    type Output = Result<(), R::Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if let DeferredPinned::Open { open, exit } = self.as_mut().project() {
            let Some(closing) = open.close(*exit) else { return Poll::Pending };
            self.set(Self::Closing { closing });
        }
        match self.project() {
            DeferredPinned::Closing { closing } => closing.poll(cx),
            DeferredPinned::Open { .. } => Poll::Pending,
        }
    }
}

/// The close of a [`SpawnOnDrop`].
#[must_use = "futures do nothing unless polled"]
pub struct SpawnOnDropFuture<R: Close, S> {
    // `None` once it is over.
    close: Option<Pin<Box<Deferred<R>>>>,
    spawner: Spawner<R, S>,
}

// The close is pinned in its box, and the spawner never is.
impl<R: Close, S> Unpin for SpawnOnDropFuture<R, S> {}

impl<R: Close, S> Future for SpawnOnDropFuture<R, S> {
    type Output = Result<(), R::Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        // Out of its place while it is polled: a close that panics is not handed over, but dropped, and so aborted.
        let Some(mut close) = self.close.take() else { return Poll::Pending };
        let poll = close.as_mut().poll(cx);
        if poll.is_pending() {
            self.close = Some(close);
        }
        poll
    }
}

impl<R: Close, S> Drop for SpawnOnDropFuture<R, S> {
    fn drop(&mut self) {
        if let Some(close) = self.close.take() {
            (self.spawner.spawn)(&self.spawner.spawner, CloseTask { close });
        }
    }
}

/// The task that [`Close::spawn_on_drop`] spawns to close an `R`. If the close fails, the error is dropped.
#[must_use = "futures do nothing unless polled"]
pub struct CloseTask<R: Close> {
    close: Pin<Box<Deferred<R>>>,
}

impl<R: Close> Future for CloseTask<R> {
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

impl<R: Close, S> fmt::Debug for SpawnOnDropFuture<R, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SpawnOnDropFuture").finish_non_exhaustive()
    }
}

impl<R: Close> fmt::Debug for CloseTask<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CloseTask").finish_non_exhaustive()
    }
}
