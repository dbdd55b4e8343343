use core::mem;
use core::task::Waker;

use crate::Instant;
use crate::current::Owner;
use crate::waits::{Pending, Place};

/// No place.
const END: u32 = u32::MAX;

/// The registered waits in their firing order: by deadline, and equal deadlines in the order of registration.
///
/// This is a radix heap, which suits a clock because time never goes back. All deadlines are at or after `last`, the latest one
/// that has fired. A wait is in the list whose number is that of the highest bit in which its deadline differs from `last`, so
/// the lists are ordered among themselves. To find the first wait of a list, `last` moves to it, and the list is dealt out to
/// lower ones. So a wait moves a few times along one list, where a tree of a million waits has twenty steps to places far apart.
/// A wait is removed at once, and equal deadlines stay in their order, as they are always in one list.
pub(crate) struct Firing {
    last: Instant,
    lists: Vec<List>,
    /// Every wait, and the free places.
    waits: Vec<Wait>,
    free: u32,
    len: usize,
    /// How many of them belong to a task in the background.
    background: usize,
    /// The first wait, as far as it is known.
    first: u32,
}

#[derive(Clone, Copy)]
struct List {
    first: u32,
    last: u32,
}

pub(crate) struct Wait {
    deadline: Instant,
    /// `None` at a free place.
    waker: Option<Waker>,
    generation: u32,
    owner: Owner,
    before: u32,
    after: u32,
}

impl Default for Firing {
    fn default() -> Firing {
        Firing {
            last: Instant::START,
            lists: Vec::new(),
            waits: Vec::new(),
            free: END,
            len: 0,
            background: 0,
            first: END,
        }
    }
}

impl Firing {
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn is_background(&self) -> bool {
        self.background == self.len
    }

    /// All waits, in no order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Pending> {
        self.waits.iter().filter(|wait| wait.waker.is_some()).map(|wait| Pending {
            deadline: wait.deadline,
            is_unpolled: false,
            owner: wait.owner,
        })
    }

    /// The waker at `place`, unless that has fired.
    pub(crate) fn get_mut(&mut self, place: Place) -> Option<&mut Waker> {
        let wait = self.waits.get_mut(place.index as usize)?;
        wait.waker.as_mut().filter(|_| wait.generation == place.generation)
    }

    pub(crate) fn insert(&mut self, deadline: Instant, waker: Waker, owner: Owner) -> Place {
        let wait =
            Wait { deadline, waker: Some(waker), generation: 0, owner, before: END, after: END };
        let place = match self.waits.get_mut(self.free as usize) {
            Some(free) => {
                let place = Place { index: self.free, generation: free.generation };
                self.free = free.after;
                *free = Wait { generation: place.generation, ..wait };
                place
            }
            None => {
                // Four thousand million waits would not fit into any memory.
                let place = Place { index: self.waits.len() as u32, generation: 0 };
                self.waits.push(wait);
                place
            }
        };
        self.len += 1;
        self.background += usize::from(owner.is_background());
        if self.len == 1 || self.first != END && deadline < self[self.first].deadline {
            self.first = place.index;
        }
        self.append(place.index);
        place
    }

    /// Removes a wait, unless it has fired.
    pub(crate) fn remove(&mut self, place: Place) -> Option<Waker> {
        self.get_mut(place)?;
        self.take(place.index)
    }

    pub(crate) fn next_deadline(&mut self) -> Option<Instant> {
        if self.first == END {
            let list = self.lists.iter().find(|list| list.first != END)?;
            let mut first = list.first;
            let mut index = self[first].after;
            while index != END {
                if self[index].deadline < self[first].deadline {
                    first = index;
                }
                index = self[index].after;
            }
            self.first = first;
        }
        Some(self[self.first].deadline)
    }

    /// Removes the first wait that is due at or before `limit`. Where several are due together, `choose` says which of them.
    pub(crate) fn take_due(
        &mut self,
        limit: Instant,
        choose: impl FnOnce(&mut dyn Iterator<Item = Owner>) -> usize,
    ) -> Option<(Instant, Waker)> {
        let deadline = self.next_deadline().filter(|&deadline| deadline <= limit)?;
        if deadline != self.last {
            let list = mem::replace(&mut self.lists[bit(deadline, self.last)], List::EMPTY);
            self.last = deadline;
            let mut index = list.first;
            while index != END {
                let next = mem::replace(&mut self[index].after, END);
                self.append(index);
                index = next;
            }
        }
        // The waits that are due now are the first list.
        let mut index = self.lists[0].first;
        if self[index].after != END {
            let mut owners = core::iter::successors(Some(index), |&it| Some(self[it].after))
                .take_while(|&index| index != END)
                .map(|index| self[index].owner);
            for _ in 0..choose(&mut owners) {
                index = self[index].after;
            }
        }
        let waker = self.take(index)?;
        self.first = self.lists[0].first;
        Some((deadline, waker))
    }

    /// Adds a wait at the end of its list.
    fn append(&mut self, index: u32) {
        let bit = bit(self[index].deadline, self.last);
        if self.lists.len() <= bit {
            self.lists.resize(bit + 1, List::EMPTY);
        }
        let before = mem::replace(&mut self.lists[bit].last, index);
        self[index].before = before;
        match before {
            END => self.lists[bit].first = index,
            before => self[before].after = index,
        }
    }

    /// Takes a wait out of its list, and makes its place a free one.
    fn take(&mut self, index: u32) -> Option<Waker> {
        let bit = bit(self[index].deadline, self.last);
        let free = self.free;
        let wait = &mut self[index];
        let waker = wait.waker.take()?;
        let (before, after, owner) = (wait.before, mem::replace(&mut wait.after, free), wait.owner);
        wait.generation = wait.generation.wrapping_add(1);
        match before {
            END => self.lists[bit].first = after,
            before => self[before].after = after,
        }
        match after {
            END => self.lists[bit].last = before,
            after => self[after].before = before,
        }
        self.free = index;
        self.len -= 1;
        self.background -= usize::from(owner.is_background());
        if self.first == index {
            self.first = END;
        }
        Some(waker)
    }
}

impl List {
    const EMPTY: List = List { first: END, last: END };
}

impl core::ops::Index<u32> for Firing {
    type Output = Wait;

    fn index(&self, index: u32) -> &Wait {
        &self.waits[index as usize]
    }
}

impl core::ops::IndexMut<u32> for Firing {
    fn index_mut(&mut self, index: u32) -> &mut Wait {
        &mut self.waits[index as usize]
    }
}

/// The number of the highest bit in which two instants differ, from 1; zero if they are equal.
fn bit(a: Instant, b: Instant) -> usize {
    let (a, b) = (a.since_start(), b.since_start());
    let seconds = a.as_secs() ^ b.as_secs();
    let nanos = a.subsec_nanos() ^ b.subsec_nanos();
    // The nanoseconds of a second have 30 bits.
    (if seconds > 0 { 94 - seconds.leading_zeros() } else { 32 - nanos.leading_zeros() }) as usize
}
