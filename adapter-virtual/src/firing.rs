use core::mem;
use core::task::Waker;

use crate::Instant;
use crate::current::Owner;
use crate::schedule::Candidates;
use crate::waits::{Pending, Place};

/// No place.
const END: u32 = u32::MAX;

/// A digit has six bits, as many as the number of a bit in a word.
const BITS: u32 = 6;
const VALUES: usize = 1 << BITS;

/// The nanoseconds of a second have 30 bits, and the seconds 64.
const DIGITS_OF_NANOS: usize = 5;
const DIGITS: usize = DIGITS_OF_NANOS + 11;

/// The registered waits in their firing order: by deadline, and equal deadlines in the order of registration.
///
/// This is a radix heap, which suits a clock because time never goes back. All deadlines are at or after `last`, the latest one
/// that has fired. A deadline is read as a number of digits. A wait is in the list of the highest digit in which its deadline
/// differs from `last`, and of its value there. So the lists are ordered among themselves. To find what is first in a list,
/// `last` moves to it, and the list is dealt out to those of lower digits. A million waits move three or four times each, along
/// one list, where a tree of them has twenty steps to places far apart. A wait is removed at once. Equal deadlines stay in their
/// order, as they are always in one list.
pub(crate) struct Firing {
    last: Instant,
    /// First the waits that are due at `last`, then those of each digit by its value.
    lists: Vec<List>,
    /// For each digit, which of its lists have waits.
    occupied: [u64; DIGITS],
    /// Every wait, and the free places.
    waits: Vec<Wait>,
    free: u32,
    len: usize,
    /// How many of them belong to a task in the background.
    background: usize,
    /// The first wait, as far as it is known.
    first: u32,
    /// The waits that are due, if several are and one was chosen, and none came or went otherwise since.
    due: Vec<u32>,
}

#[derive(Clone, Copy)]
struct List {
    first: u32,
    last: u32,
}

/// Chooses one of those that are due.
pub(crate) type Choose<'a> = &'a mut dyn FnMut(Instant, &dyn Candidates) -> usize;

/// The waits that are due, in the order of registration.
struct DueLine<'a> {
    due: &'a [u32],
    waits: &'a [Wait],
}

impl Candidates for DueLine<'_> {
    fn len(&self) -> usize {
        self.due.len()
    }

    fn owner(&self, place: usize) -> Owner {
        self.waits[self.due[place] as usize].owner
    }

    fn owners(&self) -> Box<dyn Iterator<Item = Owner> + '_> {
        Box::new(self.due.iter().map(|&index| self.waits[index as usize].owner))
    }
}

/// A wait that is over.
pub(crate) struct Due {
    pub(crate) deadline: Instant,
    pub(crate) owner: Owner,
    pub(crate) waker: Waker,
    /// Where it was registered.
    pub(crate) index: u32,
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
            lists: vec![List::EMPTY],
            occupied: [0; DIGITS],
            waits: Vec::new(),
            free: END,
            len: 0,
            background: 0,
            first: END,
            due: Vec::new(),
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

    /// Whether the wait at `place` has not fired.
    pub(crate) fn is_registered(&self, place: Place) -> bool {
        self.waits.get(place.index as usize).is_some_and(|wait| wait.generation == place.generation)
    }

    /// Gives a registered wait another waker and another owner. It keeps its position.
    pub(crate) fn renew(&mut self, place: Place, waker: Waker, owner: Owner) -> Option<Waker> {
        let wait = &mut self[place.index];
        let before = mem::replace(&mut wait.owner, owner);
        let waker = wait.waker.replace(waker);
        self.background += usize::from(owner.is_background());
        self.background -= usize::from(before.is_background());
        waker
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
    pub(crate) fn remove(&mut self, place: Place) -> Option<(Owner, Waker)> {
        let &Wait { owner, deadline, .. } = self.waits.get(place.index as usize)?;
        if self.is_registered(place) {
            if deadline == self.last {
                self.due.clear();
            }
            Some((owner, self.take(place.index)?))
        } else {
            None
        }
    }

    pub(crate) fn next_deadline(&mut self) -> Option<Instant> {
        if self.first == END {
            let mut first = self.first_list()?;
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

    /// The start of the first list that has waits.
    fn first_list(&self) -> Option<u32> {
        if self.lists[0].first != END {
            return Some(self.lists[0].first);
        }
        let digit = self.occupied.iter().position(|&values| values != 0)?;
        let value = self.occupied[digit].trailing_zeros() as usize;
        Some(self.lists[1 + digit * VALUES + value].first)
    }

    /// Removes the first wait that is due at or before `limit`. Where several are due together, `choose` says which of them.
    pub(crate) fn take_due(&mut self, limit: Instant, choose: Option<Choose<'_>>) -> Option<Due> {
        let deadline = self.next_deadline().filter(|&deadline| deadline <= limit)?;
        if deadline != self.last {
            let list = self.list(deadline);
            let mut index = mem::replace(&mut self.lists[list], List::EMPTY).first;
            self.set_occupied(list, false);
            self.last = deadline;
            while index != END {
                let next = mem::replace(&mut self[index].after, END);
                self.append(index);
                index = next;
            }
        }
        // The waits that are due now are the first list.
        let mut index = self.lists[0].first;
        if let Some(choose) = choose {
            index = self.choose(index, deadline, choose);
        }
        let owner = self[index].owner;
        let waker = self.take(index)?;
        self.first = self.lists[0].first;
        Some(Due { deadline, owner, waker, index })
    }

    /// Chooses one of the waits that are due, of which `first` is the first.
    #[cold]
    fn choose(&mut self, first: u32, deadline: Instant, choose: Choose<'_>) -> u32 {
        if self[first].after == END {
            self.due.clear();
            return first;
        }
        let mut due = mem::take(&mut self.due);
        if due.is_empty() {
            let after = |&index: &u32| Some(self[index].after).filter(|&after| after != END);
            due.extend(core::iter::successors(Some(first), after));
        }
        let place = choose(deadline, &DueLine { due: &due, waits: &self.waits });
        let chosen = due.remove(place);
        self.due = due;
        chosen
    }

    /// Adds a wait at the end of its list.
    fn append(&mut self, index: u32) {
        let list = self.list(self[index].deadline);
        if self.lists.len() <= list {
            self.lists.resize((list - 1) / VALUES * VALUES + VALUES + 1, List::EMPTY);
        }
        let before = mem::replace(&mut self.lists[list].last, index);
        self[index].before = before;
        match before {
            END => {
                self.lists[list].first = index;
                self.set_occupied(list, true);
            }
            before => self[before].after = index,
        }
    }

    /// The number of the list of a deadline.
    fn list(&self, deadline: Instant) -> usize {
        let (deadline, last) = (deadline.since_start(), self.last.since_start());
        let (seconds, nanos) = (deadline.as_secs(), deadline.subsec_nanos());
        let (digit, value) = if seconds != last.as_secs() {
            let digit = (seconds ^ last.as_secs()).ilog2() / BITS;
            (digit as usize + DIGITS_OF_NANOS, seconds >> (digit * BITS))
        } else if nanos != last.subsec_nanos() {
            let digit = (nanos ^ last.subsec_nanos()).ilog2() / BITS;
            (digit as usize, u64::from(nanos >> (digit * BITS)))
        } else {
            return 0;
        };
        1 + digit * VALUES + value as usize % VALUES
    }

    fn set_occupied(&mut self, list: usize, is_occupied: bool) {
        if let Some(list) = list.checked_sub(1) {
            let (digit, value) = (list / VALUES, 1 << (list % VALUES));
            if is_occupied {
                self.occupied[digit] |= value;
            } else {
                self.occupied[digit] &= !value;
            }
        }
    }

    /// Takes a wait out of its list, and makes its place a free one.
    fn take(&mut self, index: u32) -> Option<Waker> {
        let list = self.list(self[index].deadline);
        let free = self.free;
        let wait = &mut self[index];
        let waker = wait.waker.take()?;
        let (before, after, owner) = (wait.before, mem::replace(&mut wait.after, free), wait.owner);
        wait.generation = wait.generation.wrapping_add(1);
        match before {
            END => self.lists[list].first = after,
            before => self[before].after = after,
        }
        match after {
            END => self.lists[list].last = before,
            after => self[after].before = before,
        }
        if before == END && after == END {
            self.set_occupied(list, false);
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
