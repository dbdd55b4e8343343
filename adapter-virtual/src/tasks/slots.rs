use core::mem;
use core::panic::Location;
use core::pin::Pin;
use core::task::Waker;
use std::collections::BTreeMap;
use std::sync::Weak;

use super::About;
use crate::body::Body;
use crate::current::Owner;
use crate::queue::{Key, TaskWaker};

#[derive(Default)]
pub(super) struct Slots {
    pub(super) all: Vec<Slot>,
    pub(super) free: Vec<u32>,
    /// By index, of those that have one.
    pub(super) names: BTreeMap<u32, String>,
    /// How many tasks were spawned. Main futures are not counted.
    pub(super) spawned: u32,
    /// How many tasks are not over, and how many of them are in the background.
    pub(super) live: usize,
    pub(super) background: usize,
    /// A schedule chooses who has its turn.
    pub(super) is_chosen: bool,
    /// Something that is over may be in its line.
    pub(super) is_stale: bool,
}

/// The place of one task.
pub(super) struct Slot {
    pub(super) generation: u32,
    pub(super) number: u32,
    pub(super) state: State,
    /// Nobody asked for the output yet, and somebody may.
    pub(super) has_handle: bool,
    pub(super) is_background: bool,
    /// A poll is pending that waits on a clock which the executor does not move.
    pub(super) is_elsewhere: bool,
    pub(super) location: &'static Location<'static>,
    /// The waker of the task, as long as anything holds it.
    pub(super) waker: Weak<TaskWaker>,
    /// `None` while it is being polled or dropped, and where it was dropped before it was done.
    pub(super) body: Option<Pin<Box<dyn Body>>>,
    /// The waker of the last poll of the handle.
    pub(super) joiner: Option<Waker>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Free,
    Live,
    /// It is being dropped.
    Leaving,
    Over,
}

impl Slot {
    pub(super) fn owner(&self) -> Owner {
        Owner::task(self.number, self.is_background)
    }
}

impl Slots {
    /// The slot of a task that is not over.
    pub(super) fn live(&mut self, key: Key) -> Option<&mut Slot> {
        self.all
            .get_mut(key.index as usize)
            .filter(|slot| slot.generation == key.generation && slot.state == State::Live)
    }

    /// The slot of a task that has a handle.
    pub(super) fn joined(&mut self, key: Key) -> Option<&mut Slot> {
        self.all
            .get_mut(key.index as usize)
            .filter(|slot| slot.generation == key.generation && slot.has_handle)
    }

    pub(super) fn add(&mut self, about: About, has_handle: bool, body: Pin<Box<dyn Body>>) -> Key {
        let About { name, location, is_background } = about;
        self.spawned += 1;
        assert!(
            self.spawned < Owner::MOST,
            "an executor can spawn no more tasks than {}",
            Owner::MOST
        );
        self.live += 1;
        self.background += usize::from(is_background);
        let slot = Slot {
            generation: 0,
            number: self.spawned,
            state: State::Live,
            has_handle,
            is_background,
            is_elsewhere: false,
            location,
            waker: Weak::new(),
            body: Some(body),
            joiner: None,
        };
        let key = match self.free.pop() {
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
        };
        if let Some(name) = name {
            self.names.insert(key.index, name);
        }
        key
    }

    /// A task is about to be dropped, so it does not count any more. Gives its body.
    pub(super) fn leave(&mut self, key: Key) -> Option<Pin<Box<dyn Body>>> {
        let slot = self.live(key)?;
        slot.state = State::Leaving;
        let waker = mem::take(&mut slot.waker);
        let (is_background, body) = (slot.is_background, slot.body.take());
        self.live -= 1;
        self.background -= usize::from(is_background);
        if self.is_chosen && waker.upgrade().is_some_and(|waker| waker.is_queued()) {
            self.is_stale = true;
        }
        body
    }

    /// A task is over. Its place is free if nobody can ask for its output. What is returned is to be woken and dropped.
    pub(super) fn end(
        &mut self,
        key: Key,
        body: Option<Pin<Box<dyn Body>>>,
    ) -> (Option<Waker>, Option<Pin<Box<dyn Body>>>) {
        let unused = self.leave(key);
        let left = self.all.get_mut(key.index as usize);
        let left = left.filter(|it| it.generation == key.generation && it.state == State::Leaving);
        let Some(slot) = left else { return (None, body) };
        slot.state = State::Over;
        let joiner = slot.joiner.take();
        if slot.has_handle {
            slot.body = body;
            (joiner, unused)
        } else {
            self.release(key);
            (joiner, body)
        }
    }

    pub(super) fn release(&mut self, key: Key) {
        let slot = &mut self.all[key.index as usize];
        slot.state = State::Free;
        slot.has_handle = false;
        slot.generation = slot.generation.wrapping_add(1);
        self.names.remove(&key.index);
        self.free.push(key.index);
    }
}
