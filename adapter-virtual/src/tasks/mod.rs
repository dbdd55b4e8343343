//! The tasks of one executor, and their turns.

mod ends;
mod list;
mod slots;

use core::cell::{Cell, RefCell};
use core::future::Future;
use core::mem;
use core::panic::Location;
use core::pin::Pin;
use core::task::{Context, Waker};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::Rc;
use std::sync::{Arc, Weak};
use std::task::Wake;

pub(crate) use ends::Joined;

use ends::Polled;
use slots::Slots;

use crate::body::{Body, Work};
use crate::clock::is_any_recorded;
use crate::current::{self, Owner};
use crate::queue::{Key, Queue, TaskWaker};
use crate::schedule::{Candidates as _, Line};
use crate::trace::EventKind;
use crate::{JoinHandle, VirtualClock};

/// The tasks of one executor.
pub(crate) struct Tasks {
    clock: VirtualClock,
    queue: Arc<Queue>,
    /// What was taken from the queue and had no turn yet.
    ready: RefCell<VecDeque<Arc<TaskWaker>>>,
    /// The same, if a schedule chooses who has its turn.
    line: RefCell<Line>,
    /// Never borrowed while code of a task or a waker runs.
    slots: RefCell<Slots>,
    /// How many main futures there were, so that each has a key of its own, and the one that runs.
    mains: Cell<u32>,
    main: RefCell<Option<Main>>,
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

/// The future of a `block_on`.
struct Main {
    key: Key,
    location: &'static Location<'static>,
    waker: Weak<TaskWaker>,
    /// A poll is pending that waits on a clock which the executor does not move.
    is_elsewhere: bool,
}

/// Chooses one of those that are ready, in the order in which they were woken.
pub(crate) type Choose<'a> = &'a dyn Fn(&Line) -> usize;

impl Tasks {
    pub(crate) fn new(clock: &VirtualClock) -> Tasks {
        Tasks {
            clock: clock.clone(),
            queue: Arc::new(Queue::new(clock)),
            ready: RefCell::default(),
            line: RefCell::default(),
            slots: RefCell::default(),
            mains: Cell::new(0),
            main: RefCell::default(),
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
        let mut line = self.line.borrow_mut();
        for task in woken {
            let task = if task.key() == Key::SENT { self.receive() } else { Some(task) };
            if let Some(task) = task.filter(|task| self.has_turn(task.key())) {
                line.push(task);
            }
        }
        let is_stale = {
            let mut slots = self.slots.borrow_mut();
            slots.is_chosen = true;
            mem::take(&mut slots.is_stale)
        };
        // A task that is over has no turn, so it is none to choose.
        if is_stale {
            line.retain(|task| self.has_turn(task.key()));
        }
        let chosen = if line.len() > 1 { choose(&line) } else { 0 };
        line.remove(chosen)
    }

    /// Whether it is not over.
    fn has_turn(&self, key: Key) -> bool {
        let is_main = self.main.borrow().as_ref().is_some_and(|main| main.key == key);
        is_main || self.slots.borrow_mut().live(key).is_some()
    }

    /// Whether a schedule chooses who has its turn, and did so before.
    fn is_chosen(&self) -> bool {
        self.slots.borrow().is_chosen
    }

    /// The tasks that have their turns soon.
    fn queued(&self) -> BTreeSet<Key> {
        let (ready, line) = (self.ready.borrow(), self.line.borrow());
        self.queue.queued(ready.iter().chain(line.iter()))
    }

    /// What had its turn does not have it after all.
    pub(crate) fn put_back(&self, task: Arc<TaskWaker>) {
        if self.is_chosen() {
            self.line.borrow_mut().push_front(task);
        } else {
            self.ready.borrow_mut().push_front(task);
        }
    }

    /// The main future that ran is over.
    pub(crate) fn end_main(&self) {
        self.main.replace(None);
        // It may be in line.
        self.slots.borrow_mut().is_stale = true;
    }

    /// A poll of the main future is over.
    pub(crate) fn set_main_elsewhere(&self, is_elsewhere: bool) {
        if let Some(main) = &mut *self.main.borrow_mut() {
            main.is_elsewhere = is_elsewhere;
        }
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

    fn waker(&self, key: Key, owner: Owner) -> Arc<TaskWaker> {
        Arc::new(TaskWaker::new(key, owner, Arc::clone(&self.queue)))
    }

    fn add(&self, about: About, has_handle: bool, body: Pin<Box<dyn Body>>) -> Arc<TaskWaker> {
        let mut slots = self.slots.borrow_mut();
        let key = slots.add(about, has_handle, body);
        let slot = &mut slots.all[key.index as usize];
        let owner = slot.owner();
        let waker = self.waker(key, owner);
        slot.waker = Arc::downgrade(&waker);
        if is_any_recorded() {
            let location = slot.location;
            self.clock.record(|trace, now| {
                trace.spawned(now, owner, slots.names.get(&key.index), location);
            });
        }
        waker
    }

    /// The waker of a main future.
    pub(crate) fn main(&self, location: &'static Location<'static>) -> Arc<TaskWaker> {
        let generation = self.mains.get();
        self.mains.set(generation.wrapping_add(1));
        let key = Key { index: Key::MAIN, generation };
        let waker = self.waker(key, Owner::MAIN);
        let main = Main { key, location, waker: Arc::downgrade(&waker), is_elsewhere: false };
        self.main.replace(Some(main));
        waker
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
}
