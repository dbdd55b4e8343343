//! What is known of each task: what it does, what it waits for, and whether anything can wake it.

use core::task::Waker;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Weak};

use super::slots::{Slot, State};
use super::{Main, Tasks};
use crate::current::Owner;
use crate::queue::{Key, TaskWaker};
use crate::{Awaited, PendingWait, Task, TaskState};

/// What the tasks depend on.
struct Known {
    queued: BTreeSet<Key>,
    /// On clocks.
    waits: BTreeMap<Owner, Vec<Awaited>>,
    /// By the address of a waker, the numbers of the tasks whose end wakes it.
    joins: BTreeMap<*const (), Vec<u32>>,
}

impl Known {
    /// What a future waits for, and whether something holds its waker.
    fn of(
        &mut self,
        owner: Owner,
        waker: &Weak<TaskWaker>,
        is_elsewhere: bool,
    ) -> (Vec<Awaited>, bool) {
        let mut awaits = self.waits.remove(&owner).unwrap_or_default();
        awaits.extend(is_elsewhere.then_some(Awaited::OtherClock));
        let waker = waker.upgrade().map(Waker::from);
        let joins = waker.as_ref().and_then(|waker| self.joins.remove(&waker.data()));
        awaits.extend(joins.into_iter().flatten().map(|number| Awaited::Task(number.into())));
        (awaits, waker.is_some())
    }
}

impl Tasks {
    /// Every future that is not over: the main future, then the tasks in the order of spawning.
    fn all(&self) -> Vec<(Owner, Task)> {
        let slots = self.slots.borrow();
        let mut known =
            Known { queued: self.queued(), waits: BTreeMap::new(), joins: BTreeMap::new() };
        for wait in self.clock.pending_waits() {
            known.waits.entry(wait.owner).or_default().push(if wait.is_unpolled {
                Awaited::UnpolledReset(wait.deadline)
            } else {
                Awaited::Deadline(wait.deadline)
            });
        }
        let mut live: Vec<(u32, &Slot)> =
            (0..).zip(&slots.all).filter(|(_, slot)| slot.state == State::Live).collect();
        live.sort_unstable_by_key(|(_, slot)| slot.number);
        for (_, slot) in &live {
            if let Some(joiner) = &slot.joiner {
                known.joins.entry(joiner.data()).or_default().push(slot.number);
            }
        }
        let main = self.main.borrow();
        let main = main.as_ref().map(|main| (Owner::MAIN, self.about_main(main, &mut known)));
        let task = |(index, slot): (u32, &Slot)| {
            let key = Key { index, generation: slot.generation };
            let state = match self.polled.get() {
                Some(polled) if polled == key => TaskState::Running,
                _ if known.queued.contains(&key) => TaskState::Ready,
                _ => TaskState::Waiting,
            };
            let (awaits, is_held) = known.of(slot.owner(), &slot.waker, slot.is_elsewhere);
            let task = Task {
                number: Some(slot.number.into()),
                name: slots.names.get(&index).cloned(),
                location: slot.location,
                is_background: slot.is_background,
                state,
                awaits,
                is_held,
            };
            (slot.owner(), task)
        };
        main.into_iter().chain(live.into_iter().map(task)).collect()
    }

    fn about_main(&self, main: &Main, known: &mut Known) -> Task {
        let (awaits, is_held) = known.of(Owner::MAIN, &main.waker, main.is_elsewhere);
        let is_ready = known.queued.contains(&main.key);
        let state = if is_ready { TaskState::Ready } else { TaskState::Waiting };
        let (name, location) = (None, main.location);
        Task { number: None, name, location, is_background: false, state, awaits, is_held }
    }

    /// Every future that is not over.
    pub(crate) fn list(&self) -> Vec<Task> {
        self.all().into_iter().map(|(_, task)| task).collect()
    }

    /// The waits that are pending on the clock, with what polled them.
    pub(crate) fn waits(&self) -> Vec<PendingWait> {
        let owners: BTreeMap<Owner, Arc<Task>> =
            self.all().into_iter().map(|(owner, task)| (owner, Arc::new(task))).collect();
        let wait = |wait: crate::waits::Pending| PendingWait {
            deadline: wait.deadline,
            is_armed: !wait.is_unpolled,
            owner: owners.get(&wait.owner).cloned(),
        };
        self.clock.pending_waits().into_iter().map(wait).collect()
    }
}
