mod slots;

use core::cell::{Cell, RefCell};
use core::future::Future;
use core::mem;
use core::panic::Location;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;
use std::sync::Arc;
use std::task::Wake;

use slots::{Slot, Slots, State};

use crate::body::{Body, Work};
use crate::clock::is_any_recorded;
use crate::current::{self, Owner, Running};
use crate::queue::{Key, Queue, TaskWaker};
use crate::trace::EventKind;
use crate::{Awaited, JoinHandle, Task, TaskState, VirtualClock};

/// The tasks of one executor.
pub(crate) struct Tasks {
    clock: VirtualClock,
    queue: Arc<Queue>,
    /// What was taken from the queue and had no turn yet.
    ready: RefCell<VecDeque<Arc<TaskWaker>>>,
    /// Never borrowed while code of a task or a waker runs.
    slots: RefCell<Slots>,
    /// How many main futures there were, so that each has a key of its own, and the one that runs.
    mains: Cell<u32>,
    main: Cell<Option<Key>>,
    /// The task that is being polled, and whether it is to be dropped after that.
    polled: Cell<Option<Key>>,
    is_aborted: Cell<bool>,
    /// Those that wait until nothing else is ready, by number. Numbers are never used twice.
    settling: RefCell<BTreeMap<u64, Waker>>,
    settled: Cell<u64>,
    /// The executor is gone.
    is_closed: Cell<bool>,
}

/// What is known of a task as it is spawned.
pub(crate) struct About {
    pub(crate) name: Option<String>,
    pub(crate) location: &'static Location<'static>,
    pub(crate) is_background: bool,
}

/// Chooses one of those that are ready, in the order in which they were woken.
pub(crate) type Choose<'a> = &'a dyn Fn(&[Owner]) -> usize;

/// What a handle finds.
pub(crate) enum Joined<T> {
    /// The task is not over.
    Running,
    /// The task is over. `None` if it has no output, because it was dropped before it was done.
    Over(Option<T>),
}

impl Tasks {
    pub(crate) fn new(clock: &VirtualClock) -> Tasks {
        Tasks {
            clock: clock.clone(),
            queue: Arc::new(Queue::new(clock)),
            ready: RefCell::default(),
            slots: RefCell::default(),
            mains: Cell::new(0),
            main: Cell::new(None),
            polled: Cell::new(None),
            is_aborted: Cell::new(false),
            settling: RefCell::default(),
            settled: Cell::new(0),
            is_closed: Cell::new(false),
        }
    }

    pub(crate) fn queue(&self) -> &Arc<Queue> {
        &self.queue
    }

    /// No task is left that a run waits for.
    pub(crate) fn is_done(&self) -> bool {
        let slots = self.slots.borrow();
        slots.live == slots.background && !self.queue.has_sent()
    }

    /// What has its turn: the first in line. A task that was sent gets its key now.
    #[inline]
    pub(crate) fn next(&self) -> Option<Arc<TaskWaker>> {
        let next = {
            let mut ready = self.ready.borrow_mut();
            match ready.pop_front() {
                Some(next) => next,
                None => {
                    self.queue.take_ready(&mut ready);
                    ready.pop_front()?
                }
            }
        };
        if next.key() == Key::SENT { self.receive() } else { Some(next) }
    }

    /// What has its turn: the one that `choose` says, where there are several.
    pub(crate) fn next_chosen(&self, choose: Choose<'_>) -> Option<Arc<TaskWaker>> {
        let mut woken = VecDeque::new();
        self.queue.take_ready(&mut woken);
        let mut ready = self.ready.borrow_mut();
        for task in woken {
            ready.extend(if task.key() == Key::SENT { self.receive() } else { Some(task) });
        }
        let mut line = Vec::with_capacity(ready.len());
        {
            let mut slots = self.slots.borrow_mut();
            // A task that is over has no turn, so it is none to choose.
            ready.retain(|task| {
                let key = task.key();
                let owner = if self.main.get() == Some(key) {
                    Some(Owner::MAIN)
                } else {
                    slots.live(key).map(|slot| slot.owner())
                };
                line.extend(owner);
                owner.is_some()
            });
        }
        let chosen = if line.len() > 1 { choose(&line) } else { 0 };
        ready.remove(chosen)
    }

    /// What had its turn does not have it after all.
    pub(crate) fn put_back(&self, task: Arc<TaskWaker>) {
        self.ready.borrow_mut().push_front(task);
    }

    /// The main future that ran is over.
    pub(crate) fn end_main(&self) {
        self.main.set(None);
    }

    /// Whether the main future has its turn soon.
    pub(crate) fn is_main_ready(&self) -> bool {
        let queued = self.queue.queued(&self.ready.borrow());
        self.main.get().is_some_and(|key| queued.contains(&key))
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.is_closed.get()
    }

    /// Makes a task of what was sent first.
    fn receive(&self) -> Option<Arc<TaskWaker>> {
        let sent = self.queue.take_sent()?;
        Some(self.add(sent.about, false, sent.body))
    }

    /// Lets the first of those go on that wait until nothing else is ready. Says whether there was one.
    pub(crate) fn settle(&self) -> bool {
        let first = self.settling.borrow_mut().pop_first();
        first.map(|(_, waker)| waker.wake()).is_some()
    }

    /// Waits until nothing else is ready: as the last in line, or at the place that it has.
    pub(crate) fn wait_settled(&self, number: Option<u64>, waker: &Waker) -> u64 {
        let number = number.unwrap_or_else(|| {
            self.settled.set(self.settled.get() + 1);
            self.settled.get()
        });
        let waker = waker.clone();
        let _unused = self.settling.borrow_mut().insert(number, waker);
        number
    }

    pub(crate) fn is_settling(&self, number: u64) -> bool {
        self.settling.borrow().contains_key(&number)
    }

    pub(crate) fn forget_settled(&self, number: u64) {
        let _unused = self.settling.borrow_mut().remove(&number);
    }

    pub(crate) fn len(&self) -> usize {
        self.slots.borrow().live
    }

    /// Every task that is not over, in the order of spawning. `awaits` lists what is known of a task's waits.
    pub(crate) fn list(&self, mut awaits: impl FnMut(Owner) -> Vec<Awaited>) -> Vec<Task> {
        let queued = self.queue.queued(&self.ready.borrow());
        let slots = self.slots.borrow();
        let is_live = |(_, slot): &(u32, &Slot)| slot.state == State::Live;
        let mut live: Vec<(u32, &Slot)> = (0..).zip(&slots.all).filter(is_live).collect();
        live.sort_unstable_by_key(|(_, slot)| slot.number);
        let task = |(index, slot): (u32, &Slot)| {
            let key = Key { index, generation: slot.generation };
            let state = match self.polled.get() {
                Some(polled) if polled == key => TaskState::Running,
                _ if queued.contains(&key) => TaskState::Ready,
                _ => TaskState::Waiting,
            };
            let elsewhere = slot.is_elsewhere.then_some(Awaited::OtherClock);
            Task {
                number: Some(slot.number.into()),
                name: slots.names.get(&index).cloned(),
                location: slot.location,
                is_background: slot.is_background,
                state,
                awaits: awaits(slot.owner()).into_iter().chain(elsewhere).collect(),
            }
        };
        live.into_iter().map(task).collect()
    }

    /// Somebody holds the waker of a task, or a spawner. It is asked while nothing is ready and nothing is polled.
    pub(crate) fn can_be_woken(&self, of_executor: usize) -> bool {
        Arc::strong_count(&self.queue) > of_executor
    }

    fn waker(&self, key: Key, owner: Owner) -> Arc<TaskWaker> {
        Arc::new(TaskWaker::new(key, owner, Arc::clone(&self.queue)))
    }

    fn add(&self, about: About, has_handle: bool, body: Pin<Box<dyn Body>>) -> Arc<TaskWaker> {
        let mut slots = self.slots.borrow_mut();
        let key = slots.add(about, has_handle, body);
        let slot = &slots.all[key.index as usize];
        let owner = slot.owner();
        if is_any_recorded() {
            self.clock.record(|trace, now| {
                trace.spawned(now, owner, slots.names.get(&key.index), slot.location);
            });
        }
        self.waker(key, owner)
    }

    /// The waker of a main future.
    pub(crate) fn main(&self) -> Arc<TaskWaker> {
        let generation = self.mains.get();
        self.mains.set(generation.wrapping_add(1));
        let key = Key { index: Key::MAIN, generation };
        self.main.set(Some(key));
        self.waker(key, Owner::MAIN)
    }

    /// Adds a task at the end of the queue. Where the executor is gone, `future` is dropped and the handle is aborted.
    pub(crate) fn spawn<F>(this: &Rc<Tasks>, about: About, future: F) -> JoinHandle<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        if this.is_closed.get() {
            drop(future);
            return JoinHandle::new(None);
        }
        let body = Box::pin(Work::Running { future });
        let waker = this.add(about, true, body);
        let key = waker.key();
        waker.wake();
        JoinHandle::new(Some((Rc::clone(this), key)))
    }

    /// Polls one task, if it still lives, and drops it if that was the end of it.
    pub(crate) fn poll(&self, task: Arc<TaskWaker>) {
        let key = task.key();
        let (body, owner) = {
            let mut slots = self.slots.borrow_mut();
            let Some(slot) = slots.live(key) else { return };
            // The body is out of its slot while it is polled: it may spawn and abort, and if it panics it is dropped.
            (slot.body.take(), slot.owner())
        };
        let Some(body) = body else { return };
        self.polled.set(Some(key));
        self.is_aborted.set(false);
        task.begin_poll();
        let mut polled = Polled { tasks: self, key, body: Some(body) };
        current::enter(owner);
        self.clock.note(owner, EventKind::Polled);
        let poll = polled.poll(&mut Context::from_waker(&Waker::from(task)));
        let is_elsewhere = current::leave();
        self.polled.set(None);
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
        if self.polled.get() == Some(key) {
            return self.is_aborted.set(true);
        }
        let body = self.slots.borrow_mut().leave(key);
        if let Some(body) = body {
            self.drop_body(key, body);
        }
    }

    /// Drops a task that was not done. Its handle learns of it after that, also where the drop panics.
    fn drop_body(&self, key: Key, body: Pin<Box<dyn Body>>) {
        struct Leaving<'a>(&'a Tasks, Key);

        impl Drop for Leaving<'_> {
            fn drop(&mut self) {
                self.0.end(self.1, None);
            }
        }

        // What it owns may ask for the ambient clock.
        let _running = Running::new(&self.clock);
        let _leaving = Leaving(self, key);
        drop(body);
    }

    fn end(&self, key: Key, body: Option<Pin<Box<dyn Body>>>) {
        if is_any_recorded() {
            let owner = self.slots.borrow().all.get(key.index as usize).map(Slot::owner);
            self.clock.note(owner.unwrap_or(Owner::NONE), EventKind::Over);
        }
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
                Some(slot) if slot.state != State::Over => {
                    (false, None, slot.joiner.replace(joiner))
                }
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
        let settling = mem::take(&mut *self.settling.borrow_mut());
        drop((ready, settling));
        let mut live: Vec<(u32, Key)> = {
            let slots = self.slots.borrow();
            let key = |(index, slot): (usize, &Slot)| {
                (slot.number, Key { index: index as u32, generation: slot.generation })
            };
            let live = slots.all.iter().enumerate().filter(|(_, slot)| slot.state == State::Live);
            live.map(key).collect()
        };
        live.sort_unstable_by_key(|&(number, _)| number);
        Rest { tasks: self, keys: live.into_iter().map(|(_, key)| key).collect() }.abort();
        drop(sent);
    }
}

/// Tasks to abort. A drop that panics does not keep the others from theirs.
struct Rest<'a> {
    tasks: &'a Tasks,
    keys: VecDeque<Key>,
}

impl Rest<'_> {
    fn abort(&mut self) {
        while let Some(key) = self.keys.pop_front() {
            self.tasks.abort(key);
        }
    }
}

impl Drop for Rest<'_> {
    fn drop(&mut self) {
        self.abort();
    }
}

/// A task that is being polled. It is dropped if that panics.
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
            self.tasks.polled.set(None);
            // Aborted by itself, or in a panic.
            drop(self.tasks.slots.borrow_mut().leave(self.key));
            self.tasks.drop_body(self.key, body);
        }
    }
}
