use core::fmt;
use core::future::Future;
use core::mem;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use pin_project_lite::pin_project;

use crate::Aborted;

/// A task that a [`SendSpawner`](crate::SendSpawner) spawned, as a future of its output. It is `Send`, and any thread may use it.
///
/// The task runs whether or not the handle is polled. Dropping the handle detaches the task. The output is as that of a
/// [`JoinHandle`](crate::JoinHandle): [`Aborted`] if the task's future was dropped before it was done. A further poll, after the
/// output was given, is pending forever.
///
/// # Cancel safety
///
/// Strict, through a `&mut` to the handle: the output stays in it until a poll gives it.
///
/// # Examples
///
/// ```
/// use anytempo::Timer;
/// use anytempo_virtual::{Executor, VirtualClock};
/// use core::time::Duration;
/// use std::thread;
///
/// let clock = VirtualClock::new();
/// let executor = Executor::new(&clock);
/// let (spawner, sleep) = (executor.send_spawner(), clock.sleep(Duration::from_secs(3)));
/// let spawn = move || {
///     spawner.spawn(async {
///         sleep.await;
///         7
///     })
/// };
/// let seven = thread::spawn(spawn).join().unwrap();
/// assert_eq!(executor.block_on(seven).unwrap(), Ok(7));
/// ```
pub struct SendJoinHandle<T> {
    shared: Arc<Mutex<Shared<T>>>,
    is_given: bool,
}

/// What a task and its handle know of one another.
struct Shared<T> {
    end: End<T>,
    /// The waker of the last poll of the handle.
    joiner: Option<Waker>,
    /// The waker of the task, for an abort.
    task: Option<Waker>,
    is_aborted: bool,
    has_handle: bool,
}

enum End<T> {
    Running,
    Over(Result<T, Aborted>),
    Given,
}

impl<T> SendJoinHandle<T> {
    /// Drops the task's future, and the handle then gives [`Aborted`].
    ///
    /// More precisely: the executor drops the future in the next turn of the task, which this call wakes. Where no call drives
    /// the executor, the future stays. What is over by then is not changed.
    pub fn abort(&self) {
        let task = {
            let mut shared = lock(&self.shared);
            shared.is_aborted = true;
            shared.task.take()
        };
        if let Some(task) = task {
            task.wake();
        }
    }

    /// Whether the task is over, and a poll of this handle would not wait for it.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        !matches!(lock(&self.shared).end, End::Running)
    }
}

impl<T> Future for SendJoinHandle<T> {
    type Output = Result<T, Aborted>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if self.is_given {
            return Poll::Pending;
        }
        // Cloned and dropped while nothing is locked: both may run code of others.
        let joiner = cx.waker().clone();
        let (end, _unused) = {
            let mut shared = lock(&self.shared);
            match mem::replace(&mut shared.end, End::Given) {
                End::Running => {
                    shared.end = End::Running;
                    (None, shared.joiner.replace(joiner))
                }
                End::Over(output) => (Some(output), Some(joiner)),
                End::Given => (None, Some(joiner)),
            }
        };
        match end {
            Some(output) => {
                self.is_given = true;
                Poll::Ready(output)
            }
            None => Poll::Pending,
        }
    }
}

impl<T> Drop for SendJoinHandle<T> {
    fn drop(&mut self) {
        let _unused = {
            let mut shared = lock(&self.shared);
            shared.has_handle = false;
            let output = match mem::replace(&mut shared.end, End::Given) {
                End::Running => {
                    shared.end = End::Running;
                    None
                }
                end => Some(end),
            };
            (output, shared.joiner.take(), shared.task.take())
        };
    }
}

impl<T> fmt::Debug for SendJoinHandle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SendJoinHandle").field("is_finished", &self.is_finished()).finish()
    }
}

pin_project! {
    /// The future of such a task.
    pub(crate) struct Sending<F: Future> {
        #[pin]
        future: Option<F>,
        // Declared last, so that a handle learns of the end after the future is dropped.
        ending: Ending<F::Output>,
    }
}

/// Says that a task is over, also where it is dropped.
struct Ending<T>(Arc<Mutex<Shared<T>>>);

/// A future that gives its output to a handle.
pub(crate) fn sending<F: Future>(future: F) -> (Sending<F>, SendJoinHandle<F::Output>) {
    let shared = Arc::new(Mutex::new(Shared {
        end: End::Running,
        joiner: None,
        task: None,
        is_aborted: false,
        has_handle: true,
    }));
    let ending = Ending(Arc::clone(&shared));
    (Sending { future: Some(future), ending }, SendJoinHandle { shared, is_given: false })
}

impl<F: Future> Future for Sending<F> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut this = self.project();
        if this.ending.is_aborted(cx.waker()) {
            this.future.set(None);
            this.ending.end(Err(Aborted::new()));
            return Poll::Ready(());
        }
        let Some(future) = this.future.as_mut().as_pin_mut() else { return Poll::Ready(()) };
        match future.poll(cx) {
            Poll::Ready(output) => {
                this.future.set(None);
                this.ending.end(Ok(output));
                Poll::Ready(())
            }
            Poll::Pending => Poll::Pending,
        }
    }
}

impl<T> Ending<T> {
    /// Whether the handle has aborted the task. If not, an abort wakes `task`.
    fn is_aborted(&self, task: &Waker) -> bool {
        let task = task.clone();
        let (is_aborted, _unused) = {
            let mut shared = lock(&self.0);
            if shared.has_handle && !shared.is_aborted {
                (false, shared.task.replace(task))
            } else {
                (shared.is_aborted, Some(task))
            }
        };
        is_aborted
    }

    /// The task is over. A further call does nothing.
    fn end(&self, output: Result<T, Aborted>) {
        let (joiner, _unused) = {
            let mut shared = lock(&self.0);
            let task = shared.task.take();
            if matches!(shared.end, End::Running) && shared.has_handle {
                shared.end = End::Over(output);
                (shared.joiner.take(), (task, None))
            } else {
                (None, (task, Some(output)))
            }
        };
        if let Some(joiner) = joiner {
            joiner.wake();
        }
    }
}

impl<T> Drop for Ending<T> {
    fn drop(&mut self) {
        self.end(Err(Aborted::new()));
    }
}

fn lock<T>(shared: &Mutex<Shared<T>>) -> MutexGuard<'_, Shared<T>> {
    // Nothing panics while the lock is held, so a poisoned state is a whole one.
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
