use core::future::Future;
use core::mem;
use core::panic::Location;
use core::pin::Pin;
use core::sync::atomic::{AtomicBool, Ordering};
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::Wake;

/// What is ready to run, in the order in which it was woken. Any thread may add to it.
#[derive(Default)]
pub(crate) struct Queue {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    ready: VecDeque<Ready>,
    /// How many of them are sent.
    sent: usize,
    /// The executor is gone, and nothing runs what is sent.
    closed: bool,
    /// Someone wants a parked executor to look again, though no task is ready.
    nudged: bool,
}

/// What has a turn.
pub(crate) enum Ready {
    /// The task with this key.
    Woken(u64),
    /// A task that has no key yet.
    Sent(Sent),
}

/// A task that any thread may have spawned.
pub(crate) struct Sent {
    pub(crate) name: Option<String>,
    pub(crate) location: &'static Location<'static>,
    pub(crate) future: Pin<Box<dyn Future<Output = ()> + Send>>,
}

impl Queue {
    pub(crate) fn pop(&self) -> Option<Ready> {
        let mut state = self.lock();
        let ready = state.ready.pop_front();
        if let Some(Ready::Sent(_)) = ready {
            state.sent -= 1;
        }
        ready
    }

    pub(crate) fn has_sent(&self) -> bool {
        self.lock().sent > 0
    }

    /// Adds a task that has no key yet. Where the executor is gone, it is dropped.
    pub(crate) fn send(&self, task: Sent) {
        let mut state = self.lock();
        if state.closed {
            // Its drop may do anything, and is not to do it under the lock.
            drop(state);
            return drop(task);
        }
        state.sent += 1;
        state.ready.push_back(Ready::Sent(task));
        drop(state);
        self.changed.notify_one();
    }

    /// Gives what was sent and had no turn; what is sent from now on is dropped at once.
    pub(crate) fn close(&self) -> VecDeque<Ready> {
        let mut state = self.lock();
        state.closed = true;
        state.sent = 0;
        mem::take(&mut state.ready)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.lock().ready.is_empty()
    }

    /// Blocks the thread until something is ready, or somebody wakes the queue itself.
    pub(crate) fn park(&self) {
        let mut state = self.lock();
        while state.ready.is_empty() && !state.nudged {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.nudged = false;
    }

    /// Adds a task, unless it is in the queue already.
    ///
    /// The mark is set under the lock. A thread that finds it set thus finds the task in the queue, and never on its way there.
    fn push(&self, task: &TaskWaker) {
        let mut state = self.lock();
        if !task.queued.swap(true, Ordering::AcqRel) {
            state.ready.push_back(Ready::Woken(task.key));
            drop(state);
            self.changed.notify_one();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing panics while the lock is held, so a poisoned state is a whole one.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Wake for Queue {
    fn wake(self: Arc<Self>) {
        self.lock().nudged = true;
        self.changed.notify_one();
    }
}

/// The waker of one task. It holds the queue and not the task, so that it may outlive both task and executor: the key
/// that it then adds is that of nobody.
pub(crate) struct TaskWaker {
    key: u64,
    /// In the queue, so that further wakes need not add it.
    queued: AtomicBool,
    queue: Arc<Queue>,
}

impl TaskWaker {
    pub(crate) fn new(key: u64, queue: Arc<Queue>) -> TaskWaker {
        TaskWaker { key, queued: AtomicBool::new(false), queue }
    }

    pub(crate) fn key(&self) -> u64 {
        self.key
    }

    /// A poll is about to begin: a wake from here on asks for another one.
    ///
    /// The swap also makes visible what any waker did before it found the task queued already.
    pub(crate) fn begin_poll(&self) {
        self.queued.swap(false, Ordering::AcqRel);
    }
}

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.queue.push(self);
    }
}
