use core::error::Error;
use core::fmt;
use core::future::Future;
use core::marker::PhantomData;
use core::pin::Pin;
use core::task::{Context, Poll};
use std::rc::Rc;

use crate::queue::Key;
use crate::tasks::{Joined, Tasks};

/// The task was dropped before it was done: it was aborted, it panicked, or its executor is gone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Aborted(());

impl Aborted {
    pub(crate) fn new() -> Aborted {
        Aborted(())
    }
}

impl fmt::Display for Aborted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the task was dropped before it was done")
    }
}

impl Error for Aborted {}

/// A spawned task, as a future of its output. Made by [`Executor::spawn`](crate::Executor::spawn) and
/// [`Spawner::spawn`](crate::Spawner::spawn).
///
/// The task runs whether or not the handle is polled. Dropping the handle detaches the task: it runs on, and its
/// output is dropped.
///
/// The output is `Ok`, or [`Aborted`] if the task's future was dropped before it was done. A further poll, after the
/// output was given, is pending forever.
///
/// # Cancel safety
///
/// Strict, through a `&mut` to the handle: the output stays in it until a poll gives it. Dropping the handle itself
/// detaches the task.
///
/// # Examples
///
/// ```
/// use anytempo::Timer;
/// use anytempo_virtual::{Executor, VirtualClock};
/// use core::time::Duration;
///
/// let clock = VirtualClock::new();
/// let executor = Executor::new(&clock);
/// let seven = executor.spawn({
///     let clock = clock.clone();
///     async move {
///         clock.sleep(Duration::from_secs(1)).await;
///         7
///     }
/// });
/// let never = executor.spawn(core::future::pending::<()>());
///
/// executor.block_on(async {
///     assert_eq!(seven.await, Ok(7));
///     never.abort();
///     assert!(never.await.is_err());
/// }).unwrap();
/// ```
pub struct JoinHandle<T> {
    /// `None` if the executor was gone, and where the output was given.
    task: Option<(Rc<Tasks>, Key)>,
    is_given: bool,
    output: PhantomData<fn() -> T>,
}

impl<T> JoinHandle<T> {
    /// Drops the task's future at once, wherever it waits; the handle then gives [`Aborted`].
    ///
    /// More precisely: a task that is aborted in the middle of its own poll, by itself or by what it calls, is dropped
    /// when that poll returns; if it was its last, its output counts. A task that is over is not changed.
    pub fn abort(&self) {
        if let Some((tasks, key)) = &self.task {
            tasks.abort(*key);
        }
    }

    /// Whether the task is over, and a poll of this handle would not wait for it.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.task.as_ref().is_none_or(|(tasks, key)| tasks.is_over(*key))
    }

    pub(crate) fn new(task: Option<(Rc<Tasks>, Key)>) -> JoinHandle<T> {
        JoinHandle { task, is_given: false, output: PhantomData }
    }
}

impl<T: 'static> Future for JoinHandle<T> {
    type Output = Result<T, Aborted>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if self.is_given {
            return Poll::Pending;
        }
        let output = match &self.task {
            None => None,
            Some((tasks, key)) => match tasks.join(*key, cx.waker()) {
                Joined::Running => return Poll::Pending,
                Joined::Over(output) => output,
            },
        };
        self.task = None;
        self.is_given = true;
        Poll::Ready(output.ok_or(Aborted(())))
    }
}

impl<T> Drop for JoinHandle<T> {
    fn drop(&mut self) {
        if let Some((tasks, key)) = self.task.take() {
            tasks.detach(key);
        }
    }
}

impl<T> fmt::Debug for JoinHandle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinHandle").field("is_finished", &self.is_finished()).finish()
    }
}
