use core::cell::{Cell, RefCell};
use core::future::Future;
use core::mem;
use core::panic::Location;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};
use std::collections::VecDeque;
use std::rc::Weak;
use std::sync::Arc;
use std::task::Wake;

use crate::body::{Body, Work};
use crate::current::{self, Owner};
use crate::queue::{Key, Queue, TaskWaker};
use crate::{JoinHandle, Waiting};

/// The tasks of one executor.
#[derive(Default)]
pub(crate) struct Tasks {
    queue: Arc<Queue>,
    /// What was taken from the queue and had no turn yet.
    ready: RefCell<VecDeque<Arc<TaskWaker>>>,
    /// Never borrowed while code of a task or a waker runs.
    slots: RefCell<Slots>,
    /// How many main futures there were, so that each has a key of its own.
    mains: Cell<u32>,
    /// The task that is being polled is to be dropped after that.
    is_aborted: Cell<bool>,
    /// The executor is gone.
    is_closed: Cell<bool>,
}

#[derive(Default)]
struct Slots {
    all: Vec<Slot>,
    free: Vec<u32>,
    /// How many tasks were spawned. Main futures are not counted.
    spawned: u32,
    /// How many tasks are not over.
    live: usize,
}

/// The place of one task.
struct Slot {
    generation: u32,
    number: u32,
    state: State,
    /// Nobody asked for the output yet, and somebody may.
    has_handle: bool,
    /// A poll is pending that waits on a clock which the executor does not move.
    is_elsewhere: bool,
    location: &'static Location<'static>,
    name: Option<Box<str>>,
    /// `None` while it is being polled or dropped, and where it was dropped before it was done.
    body: Option<Pin<Box<dyn Body>>>,
    /// Whoever polled the handle last.
    joiner: Option<Waker>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Free,
    Live,
    Over,
}

/// What a handle finds.
pub(crate) enum Joined<T> {
    /// The task is not over.
    Running,
    /// The task is over. `None` if it has no output, because it was dropped before it was done.
    Over(Option<T>),
}

impl Slots {
    /// The slot of a task that is not over.
    fn live(&mut self, key: Key) -> Option<&mut Slot> {
        self.all
            .get_mut(key.index as usize)
            .filter(|slot| slot.generation == key.generation && slot.state == State::Live)
    }

    /// The slot of a task that has a handle.
    fn joined(&mut self, key: Key) -> Option<&mut Slot> {
        self.all
            .get_mut(key.index as usize)
            .filter(|slot| slot.generation == key.generation && slot.has_handle)
    }

    fn add(
        &mut self,
        name: Option<String>,
        location: &'static Location<'static>,
        has_handle: bool,
        body: Pin<Box<dyn Body>>,
    ) -> Key {
        self.spawned += 1;
        self.live += 1;
        let slot = Slot {
            generation: 0,
            number: self.spawned,
            state: State::Live,
            has_handle,
            is_elsewhere: false,
            location,
            name: name.map(String::into_boxed_str),
            body: Some(body),
            joiner: None,
        };
        match self.free.pop() {
            Some(index) => {
                let free = &mut self.all[index as usize];
                let generation = free.generation;
                *free = Slot { generation, ..slot };
                Key { index, generation }
            }
            None => {
                self.all.push(slot);
                // Four thousand million tasks would not fit into any memory.
                Key { index: self.all.len() as u32 - 1, generation: 0 }
            }
        }
    }

    /// A task is over. Its place is free if nobody can ask for its output. What is returned is to be woken and dropped.
    fn end(&mut self, key: Key, body: Option<Pin<Box<dyn Body>>>) -> (Option<Waker>, Option<Pin<Box<dyn Body>>>) {
        let Some(slot) = self.live(key) else { return (None, body) };
        slot.state = State::Over;
        let joiner = slot.joiner.take();
        let body = if slot.has_handle { mem::replace(&mut slot.body, body) } else { body };
        let has_handle = slot.has_handle;
        self.live -= 1;
        if !has_handle {
            self.release(key);
        }
        (joiner, body)
    }

    fn release(&mut self, key: Key) {
        let slot = &mut self.all[key.index as usize];
        slot.state = State::Free;
        slot.has_handle = false;
        slot.name = None;
        slot.generation = slot.generation.wrapping_add(1);
        self.free.push(key.index);
    }
}

impl Tasks {
    pub(crate) fn queue(&self) -> &Arc<Queue> {
        &self.queue
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.slots.borrow().live == 0 && !self.queue.has_sent()
    }

    /// What has its turn. A task that was sent gets its key now.
    pub(crate) fn next(&self) -> Option<Arc<TaskWaker>> {
        let next = {
            let mut ready = self.ready.borrow_mut();
            if ready.is_empty() {
                self.queue.take_ready(&mut ready);
            }
            ready.pop_front()?
        };
        if next.key() != Key::SENT {
            return Some(next);
        }
        let sent = self.queue.take_sent()?;
        let key = self.slots.borrow_mut().add(sent.name, sent.location, false, sent.body);
        Some(self.waker(key))
    }

    pub(crate) fn len(&self) -> usize {
        self.slots.borrow().live
    }

    /// Every task that is not over, in the order of spawning.
    pub(crate) fn waiting(&self) -> Vec<Waiting> {
        let slots = self.slots.borrow();
        let mut live: Vec<&Slot> = slots.all.iter().filter(|slot| slot.state == State::Live).collect();
        live.sort_unstable_by_key(|slot| slot.number);
        let waiting = |slot: &Slot| {
            Waiting::task(slot.number.into(), slot.name.as_deref().map(String::from), slot.location)
        };
        live.into_iter().map(waiting).collect()
    }

    fn waker(&self, key: Key) -> Arc<TaskWaker> {
        Arc::new(TaskWaker::new(key, Arc::clone(&self.queue)))
    }

    /// The waker of a main future.
    pub(crate) fn main(&self) -> Arc<TaskWaker> {
        let generation = self.mains.get();
        self.mains.set(generation.wrapping_add(1));
        self.waker(Key { index: Key::MAIN, generation })
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
        let open = this.upgrade().filter(|tasks| !tasks.is_closed.get());
        let Some(tasks) = open else {
            drop(future);
            return JoinHandle::new(None);
        };
        let body = Box::pin(Work::Running { future });
        let key = tasks.slots.borrow_mut().add(name, location, true, body);
        tasks.waker(key).wake();
        JoinHandle::new(Some((tasks, key)))
    }

    /// Polls one task, if it still lives, and drops it if that was the end of it.
    pub(crate) fn poll(&self, task: Arc<TaskWaker>) {
        let key = task.key();
        let (body, owner) = {
            let mut slots = self.slots.borrow_mut();
            let Some(slot) = slots.live(key) else { return };
            // The body is out of its slot while it is polled: it may spawn and abort, and if it panics it is dropped.
            (slot.body.take(), Owner::task(slot.number, false))
        };
        let Some(body) = body else { return };
        self.is_aborted.set(false);
        task.begin_poll();
        let mut polled = Polled { tasks: self, key, body: Some(body) };
        current::enter(owner);
        let poll = polled.poll(&mut Context::from_waker(&Waker::from(task)));
        let is_elsewhere = current::leave();
        if poll.is_pending() && !self.is_aborted.get() {
            if let Some(slot) = self.slots.borrow_mut().live(key) {
                slot.is_elsewhere = is_elsewhere;
                slot.body = polled.body.take();
            }
        } else if poll.is_ready() {
            self.end(key, polled.body.take());
        }
    }

    /// Drops a task. If it is being polled, that is done after the poll.
    pub(crate) fn abort(&self, key: Key) {
        let taken = {
            let mut slots = self.slots.borrow_mut();
            let Some(slot) = slots.live(key) else { return };
            slot.body.take()
        };
        match taken {
            // Dropped first, so that the handle learns of it after that. Its place is not free before.
            Some(body) => {
                drop(body);
                self.end(key, None);
            }
            None => self.is_aborted.set(true),
        }
    }

    fn end(&self, key: Key, body: Option<Pin<Box<dyn Body>>>) {
        let (joiner, unused) = self.slots.borrow_mut().end(key, body);
        drop(unused);
        if let Some(joiner) = joiner {
            joiner.wake();
        }
    }

    pub(crate) fn is_over(&self, key: Key) -> bool {
        self.slots.borrow_mut().joined(key).is_none_or(|slot| slot.state == State::Over)
    }

    /// Gives the output of a task that is over, once. Otherwise `joiner` is woken when it is.
    pub(crate) fn join<T: 'static>(&self, key: Key, joiner: &Waker) -> Joined<T> {
        // Cloned and dropped while nothing is borrowed: both may run code of others.
        let joiner = joiner.clone();
        let (is_over, body, _unused) = {
            let mut slots = self.slots.borrow_mut();
            match slots.joined(key) {
                None => (true, None, Some(joiner)),
                Some(slot) if slot.state == State::Live => (false, None, slot.joiner.replace(joiner)),
                Some(slot) => {
                    let body = slot.body.take();
                    slots.release(key);
                    (true, body, Some(joiner))
                }
            }
        };
        if !is_over {
            return Joined::Running;
        }
        let mut output = None::<T>;
        if let Some(mut body) = body {
            body.as_mut().take_output(&mut output);
        }
        Joined::Over(output)
    }

    /// Nobody will ask for the output of a task.
    pub(crate) fn detach(&self, key: Key) {
        let _unused = {
            let mut slots = self.slots.borrow_mut();
            let Some(slot) = slots.joined(key) else { return };
            slot.has_handle = false;
            let joiner = slot.joiner.take();
            let mut body = None;
            if slot.state == State::Over {
                body = slot.body.take();
                slots.release(key);
            }
            (joiner, body)
        };
    }

    /// Drops all tasks, in the order of spawning, and what was sent. Their handles remain.
    pub(crate) fn close(&self) {
        self.is_closed.set(true);
        // Closed first: what a task sends as it is dropped has no executor either.
        let sent = self.queue.close();
        let ready = mem::take(&mut *self.ready.borrow_mut());
        drop(ready);
        let mut live: Vec<(u32, Key)> = {
            let slots = self.slots.borrow();
            let key = |(index, slot): (usize, &Slot)| {
                (slot.number, Key { index: index as u32, generation: slot.generation })
            };
            let live = slots.all.iter().enumerate().filter(|(_, slot)| slot.state == State::Live);
            live.map(key).collect()
        };
        live.sort_unstable_by_key(|&(number, _)| number);
        for (_, key) in live {
            self.abort(key);
        }
        drop(sent);
    }
}

/// A task in the midst of its poll. It is dropped if that panics.
struct Polled<'a> {
    tasks: &'a Tasks,
    key: Key,
    body: Option<Pin<Box<dyn Body>>>,
}

impl Polled<'_> {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.body.as_mut().map_or(Poll::Pending, |body| body.as_mut().poll(cx))
    }
}

impl Drop for Polled<'_> {
    fn drop(&mut self) {
        if let Some(body) = self.body.take() {
            drop(body);
            self.tasks.end(self.key, None);
        }
    }
}
