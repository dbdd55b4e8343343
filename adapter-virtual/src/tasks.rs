use core::cell::{Cell, RefCell};
use core::future::Future;
use core::panic::Location;
use core::pin::Pin;
use core::task::{Context, Waker};
use std::collections::{BTreeMap, VecDeque};
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::task::Wake;

use crate::join::Completion;
use crate::queue::{Queue, Ready, TaskWaker};
use crate::{JoinHandle, Waiting};

/// The tasks of one executor. They live as long as it does.
#[derive(Default)]
pub(crate) struct Tasks {
    queue: Arc<Queue>,
    /// By key, and so in the order of spawning. Never borrowed while code of a task or a waker runs.
    live: RefCell<BTreeMap<u64, Task>>,
    /// Keys are never used twice, so that a stale wake finds nobody.
    keys: Cell<u64>,
    /// How many tasks were spawned. Main futures have a key, and are not counted here.
    spawned: Cell<u64>,
    /// The task that is being polled, and whether it is to be dropped after that.
    polled: Cell<Option<u64>>,
    abort_polled: Cell<bool>,
}

struct Task {
    about: Waiting,
    state: Arc<TaskWaker>,
    /// The same `state` as a waker, made once.
    waker: Waker,
    future: Pin<Box<dyn Future<Output = ()>>>,
}

impl Tasks {
    pub(crate) fn queue(&self) -> &Arc<Queue> {
        &self.queue
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.live.borrow().is_empty() && !self.queue.has_sent()
    }

    /// The key of the task that has its turn. One that was sent becomes a task now.
    pub(crate) fn next(&self) -> Option<u64> {
        Some(match self.queue.pop()? {
            Ready::Woken(key) => key,
            Ready::Sent(it) => self.add(it.name, it.location, it.future).key(),
        })
    }

    pub(crate) fn len(&self) -> usize {
        self.live.borrow().len()
    }

    /// Every task that is not over, in the order of spawning.
    pub(crate) fn waiting(&self) -> Vec<Waiting> {
        self.live.borrow().values().map(|task| task.about.clone()).collect()
    }

    pub(crate) fn new_waker(&self) -> Arc<TaskWaker> {
        let key = self.keys.get();
        self.keys.set(key + 1);
        Arc::new(TaskWaker::new(key, Arc::clone(&self.queue)))
    }

    /// Adds a task at the end of the queue. Where the executor is gone, `future` is dropped and the handle is aborted.
    pub(crate) fn spawn<F>(
        this: &Weak<Tasks>,
        name: Option<String>,
        location: &'static Location<'static>,
        future: F,
    ) -> JoinHandle<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        let (completion, join) = Completion::new();
        let future = async move {
            // In this order the future is dropped before the handle learns of it, at every point of its life.
            let future = future;
            let completion = completion;
            let output = future.await;
            completion.complete(output);
        };
        let Some(tasks) = this.upgrade() else {
            drop(future);
            return JoinHandle::new(join, 0, Weak::new());
        };
        let state = tasks.add(name, location, Box::pin(future));
        state.wake_by_ref();
        JoinHandle::new(join, state.key(), Rc::downgrade(&tasks))
    }

    fn add(
        &self,
        name: Option<String>,
        location: &'static Location<'static>,
        future: Pin<Box<dyn Future<Output = ()>>>,
    ) -> Arc<TaskWaker> {
        let state = self.new_waker();
        let number = self.spawned.get() + 1;
        self.spawned.set(number);
        let task = Task {
            about: Waiting::task(number, name, location),
            state: Arc::clone(&state),
            waker: Waker::from(Arc::clone(&state)),
            future,
        };
        self.live.borrow_mut().insert(state.key(), task);
        state
    }

    /// Polls one task, if it still lives, and drops it if that was the end of it.
    pub(crate) fn poll(&self, key: u64) {
        // The task is out of the map while it is polled: it may spawn and abort, and if it panics it is dropped.
        let taken = self.live.borrow_mut().remove(&key);
        let Some(mut task) = taken else { return };
        self.polled.set(Some(key));
        self.abort_polled.set(false);
        task.state.begin_poll();
        let poll = task.future.as_mut().poll(&mut Context::from_waker(&task.waker));
        self.polled.set(None);
        if poll.is_pending() && !self.abort_polled.get() {
            self.live.borrow_mut().insert(key, task);
        }
    }

    pub(crate) fn abort(&self, key: u64) {
        let taken = self.live.borrow_mut().remove(&key);
        if taken.is_none() && self.polled.get() == Some(key) {
            self.abort_polled.set(true);
        }
        drop(taken);
    }
}

impl Drop for Tasks {
    fn drop(&mut self) {
        // Closed first: what a task sends as it is dropped has no executor either.
        let sent: VecDeque<Ready> = self.queue.close();
        drop(core::mem::take(self.live.get_mut()));
        drop(sent);
    }
}
