use core::cell::RefCell;
use core::error::Error;
use core::fmt;
use core::future::Future;
use core::mem;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};
use std::rc::{Rc, Weak};

use crate::tasks::Tasks;

/// The task was dropped before it was done: it was aborted, it panicked, or its executor is gone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Aborted(());

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
/// output was given, is pending for ever.
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
    join: Rc<Join<T>>,
    key: u64,
    tasks: Weak<Tasks>,
}

impl<T> JoinHandle<T> {
    /// Drops the task's future at once, wherever it waits; the handle then gives [`Aborted`].
    ///
    /// More precisely: a task that is aborted in the middle of its own poll, by itself or by what it calls, is dropped
    /// when that poll returns; if it was its last, its output counts. A task that is over is not changed.
    pub fn abort(&self) {
        if let Some(tasks) = self.tasks.upgrade() {
            tasks.abort(self.key);
        }
    }

    /// Whether the task is over, and a poll of this handle would not wait for it.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        !matches!(*self.join.state.borrow(), State::Running(_))
    }

    pub(crate) fn new(join: Rc<Join<T>>, key: u64, tasks: Weak<Tasks>) -> JoinHandle<T> {
        JoinHandle { join, key, tasks }
    }
}

impl<T> Future for JoinHandle<T> {
    type Output = Result<T, Aborted>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        // Cloned and dropped while the state is not borrowed: both may run code of others.
        let waker = cx.waker().clone();
        let _unused = {
            let mut state = self.join.state.borrow_mut();
            match &mut *state {
                State::Running(joiner) => joiner.replace(waker),
                State::Given => Some(waker),
                State::Over(_) => {
                    if let State::Over(output) = mem::replace(&mut *state, State::Given) {
                        drop(state);
                        return Poll::Ready(output);
                    }
                    None
                }
            }
        };
        Poll::Pending
    }
}

impl<T> Drop for JoinHandle<T> {
    fn drop(&mut self) {
        let joiner = match &mut *self.join.state.borrow_mut() {
            State::Running(joiner) => joiner.take(),
            _ => None,
        };
        drop(joiner);
    }
}

impl<T> fmt::Debug for JoinHandle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinHandle").field("is_finished", &self.is_finished()).finish()
    }
}

/// What a task and its handle share.
pub(crate) struct Join<T> {
    state: RefCell<State<T>>,
}

enum State<T> {
    /// The task is not over; whoever polled the handle last is to be woken.
    Running(Option<Waker>),
    /// The output is there for the handle.
    Over(Result<T, Aborted>),
    /// The handle has given the output.
    Given,
}

/// The task's side: it tells the handle how the task ended, also where the task is dropped.
pub(crate) struct Completion<T> {
    join: Rc<Join<T>>,
}

impl<T> Completion<T> {
    pub(crate) fn new() -> (Completion<T>, Rc<Join<T>>) {
        let join = Rc::new(Join { state: RefCell::new(State::Running(None)) });
        (Completion { join: Rc::clone(&join) }, join)
    }

    pub(crate) fn complete(self, output: T) {
        self.end(Ok(output));
    }

    fn end(&self, output: Result<T, Aborted>) {
        let joiner = {
            let mut state = self.join.state.borrow_mut();
            match &mut *state {
                State::Running(joiner) => {
                    let joiner = joiner.take();
                    *state = State::Over(output);
                    joiner
                }
                _ => return,
            }
        };
        if let Some(joiner) = joiner {
            joiner.wake();
        }
    }
}

impl<T> Drop for Completion<T> {
    fn drop(&mut self) {
        self.end(Err(Aborted(())));
    }
}
