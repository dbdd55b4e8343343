use core::mem;
use core::pin::Pin;
use core::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use core::time::Duration;
use std::collections::{BTreeSet, VecDeque};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::Wake;

use crate::VirtualClock;
use crate::body::Body;
use crate::clock::{WeakClock, is_any_recorded};
use crate::current::Owner;
use crate::tasks::About;
use crate::trace::EventKind;

/// What is ready to run, in the order in which it was woken. Any thread may add to it.
pub(crate) struct Queue {
    state: Mutex<State>,
    changed: Condvar,
    /// Where wakes are recorded.
    clock: WeakClock,
    /// How many handles of other threads can send tasks.
    spawners: AtomicUsize,
}

#[derive(Default)]
struct State {
    ready: VecDeque<Arc<TaskWaker>>,
    /// For each waker in `ready` that is of no task yet, what was sent.
    sent: VecDeque<Sent>,
    /// The executor is gone, and nothing runs what is sent.
    closed: bool,
    /// Someone wants a parked executor to look again, though no task is ready.
    nudged: bool,
    /// The executor's thread waits. If it does not, there is no need to call the system at each wake.
    parked: bool,
}

/// A task that any thread may have spawned.
pub(crate) struct Sent {
    pub(crate) about: About,
    pub(crate) body: Pin<Box<dyn Body + Send>>,
}

impl Queue {
    pub(crate) fn new(clock: &VirtualClock) -> Queue {
        let (state, changed) = (Mutex::default(), Condvar::new());
        Queue { state, changed, clock: clock.downgrade(), spawners: AtomicUsize::new(0) }
    }

    pub(crate) fn add_spawner(&self) {
        self.spawners.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn remove_spawner(&self) {
        self.spawners.fetch_sub(1, Ordering::Relaxed);
    }

    pub(crate) fn has_spawner(&self) -> bool {
        self.spawners.load(Ordering::Relaxed) > 0
    }

    /// Exchanges what is ready for an empty list.
    pub(crate) fn take_ready(&self, empty: &mut VecDeque<Arc<TaskWaker>>) {
        mem::swap(&mut self.lock().ready, empty);
    }

    /// What was sent first and had no turn.
    pub(crate) fn take_sent(&self) -> Option<Sent> {
        self.lock().sent.pop_front()
    }

    pub(crate) fn has_sent(&self) -> bool {
        !self.lock().sent.is_empty()
    }

    /// Adds a task that has no key yet. Where the executor is gone, it is dropped.
    pub(crate) fn send(self: &Arc<Self>, task: Sent) {
        let mut state = self.lock();
        if state.closed {
            // Its drop may do anything, and is not to do it under the lock.
            drop(state);
            return drop(task);
        }
        state.sent.push_back(task);
        state.ready.push_back(Arc::new(TaskWaker::new(Key::SENT, Owner::NONE, Arc::clone(self))));
        self.notify(state);
    }

    /// Gives what was sent and had no turn; what is sent from now on is dropped at once.
    pub(crate) fn close(&self) -> VecDeque<Sent> {
        let mut state = self.lock();
        state.closed = true;
        let ready = mem::take(&mut state.ready);
        let sent = mem::take(&mut state.sent);
        drop(state);
        drop(ready);
        sent
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.lock().ready.is_empty()
    }

    /// What is in line, with those that were `taken` from the queue.
    pub(crate) fn queued<'a>(
        &self,
        taken: impl Iterator<Item = &'a Arc<TaskWaker>>,
    ) -> BTreeSet<Key> {
        let mut queued: BTreeSet<Key> = taken.map(|task| task.key()).collect();
        queued.extend(self.lock().ready.iter().map(|task| task.key()));
        queued
    }

    /// Blocks the thread until something is ready, or somebody wakes the queue itself, but not longer than `patience`.
    pub(crate) fn park(&self, patience: Option<Duration>) {
        let mut state = self.lock();
        while state.ready.is_empty() && !state.nudged {
            state.parked = true;
            state = match patience {
                None => self.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
                Some(patience) => {
                    let waited = self.changed.wait_timeout(state, patience);
                    let (state, waited) = waited.unwrap_or_else(PoisonError::into_inner);
                    if waited.timed_out() {
                        let mut state = state;
                        state.parked = false;
                        return;
                    }
                    state
                }
            };
        }
        state.parked = false;
        state.nudged = false;
    }

    /// Adds a task, unless it is in the queue already.
    ///
    /// The mark is set under the lock. A thread that finds it set thus finds the task in the queue, and never on its way there,
    /// when it locks the queue to look.
    fn push(&self, task: Arc<TaskWaker>) {
        let owner = task.owner;
        let mut state = self.lock();
        // Nothing would take it out again, and it holds the queue.
        if state.closed {
            return drop(state);
        }
        if !task.queued.swap(true, Ordering::AcqRel) {
            state.ready.push_back(task);
            self.notify(state);
            if is_any_recorded() {
                self.clock.note(owner, EventKind::Woken);
            }
        }
    }

    fn notify(&self, state: MutexGuard<'_, State>) {
        let is_parked = state.parked;
        drop(state);
        if is_parked {
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
        let mut state = self.lock();
        state.nudged = true;
        self.notify(state);
    }
}

/// Which task a waker is of. A place is used again with another generation, so that a stale wake finds no task.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Key {
    pub(crate) index: u32,
    pub(crate) generation: u32,
}

impl Key {
    /// Of a task that was sent and had no turn yet.
    pub(crate) const SENT: Key = Key { index: u32::MAX, generation: 0 };
    /// Of the future of a `block_on`.
    pub(crate) const MAIN: u32 = u32::MAX - 1;
}

/// The waker of one task. It holds the queue and not the task, so that it may outlive both task and executor.
///
/// The queue holds it while the task is ready, and a poll while it lasts. Otherwise it is held only by those that may wake the
/// task.
pub(crate) struct TaskWaker {
    key: Key,
    owner: Owner,
    /// In the queue, so that further wakes need not add it.
    queued: AtomicBool,
    queue: Arc<Queue>,
}

impl TaskWaker {
    pub(crate) fn new(key: Key, owner: Owner, queue: Arc<Queue>) -> TaskWaker {
        TaskWaker { key, owner, queued: AtomicBool::new(false), queue }
    }

    #[inline]
    pub(crate) fn key(&self) -> Key {
        self.key
    }

    #[inline]
    pub(crate) fn owner(&self) -> Owner {
        self.owner
    }

    /// Woken, and without a turn since.
    pub(crate) fn is_queued(&self) -> bool {
        self.queued.load(Ordering::Acquire)
    }

    /// A poll is about to begin: a wake from here on asks for another one.
    ///
    /// The swap also makes visible what any waker did before it found the task queued already.
    #[inline]
    pub(crate) fn begin_poll(&self) {
        self.queued.swap(false, Ordering::AcqRel);
    }
}

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        let queue = Arc::clone(&self.queue);
        queue.push(self);
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.queue.push(Arc::clone(self));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nudge_ends_one_wait() {
        let queue = Arc::new(Queue::new(&VirtualClock::new()));
        Arc::clone(&queue).wake();
        queue.park(None);
        let (start, patience) = (std::time::Instant::now(), Duration::from_millis(5));
        queue.park(Some(patience));
        assert!(start.elapsed() >= patience);
    }

    // A queue that keeps a waker keeps itself, as the waker holds it.
    #[test]
    fn a_wake_after_the_end_keeps_nothing() {
        let queue = Arc::new(Queue::new(&VirtualClock::new()));
        let key = Key { index: 0, generation: 0 };
        let waker = Arc::new(TaskWaker::new(key, Owner::NONE, Arc::clone(&queue)));
        drop(queue.close());
        let weak = Arc::downgrade(&queue);
        waker.wake_by_ref();
        waker.wake();
        drop(queue);
        assert!(weak.upgrade().is_none());
    }
}
