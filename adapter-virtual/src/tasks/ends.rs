//! How tasks end, and what their handles find.

use core::mem;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};
use std::collections::VecDeque;

use super::Tasks;
use super::slots::{Slot, State};
use crate::body::Body;
use crate::clock::is_any_recorded;
use crate::current::{Owner, Running};
use crate::queue::Key;
use crate::trace::EventKind;

/// What a handle finds.
pub(crate) enum Joined<T> {
    /// The task is not over.
    Running,
    /// The task is over. `None` if it has no output, because it was dropped before it was done.
    Over(Option<T>),
}

impl Tasks {
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

    pub(super) fn end(&self, key: Key, body: Option<Pin<Box<dyn Body>>>) {
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
        let ready = (mem::take(&mut *self.ready.borrow_mut()), self.line.take());
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
pub(super) struct Polled<'a> {
    pub(super) tasks: &'a Tasks,
    pub(super) key: Key,
    pub(super) body: Option<Pin<Box<dyn Body>>>,
}

impl Polled<'_> {
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
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
