use core::mem;
use core::task::{Poll, Waker};
use std::collections::BTreeMap;

use crate::Instant;
use crate::current::Owner;
use crate::firing::{Choose, Due, Firing};

/// What a clock knows about one wait.
#[derive(Clone, Copy)]
pub(crate) enum Standing {
    /// Nothing: it was never polled, its last poll was ready, or it was disarmed.
    Idle,
    /// Its last poll was pending, and it has no deadline.
    Endless,
    /// Its last poll was pending. It is registered here, unless it has fired since.
    Registered(Place),
    /// It was reset after a pending poll, so nothing wakes it before the next poll.
    Unpolled(Reset),
}

impl Standing {
    /// Where it is registered, or was until it fired.
    pub(crate) fn place(&self) -> Option<Place> {
        if let Standing::Registered(place) = *self { Some(place) } else { None }
    }
}

/// The number of a reset, in halves, so that a wait is no larger for it.
#[derive(Clone, Copy)]
pub(crate) struct Reset([u32; 2]);

impl Reset {
    fn new(number: u64) -> Reset {
        Reset([(number >> 32) as u32, number as u32])
    }

    fn number(self) -> u64 {
        let [high, low] = self.0;
        u64::from(high) << 32 | u64::from(low)
    }
}

/// Where a wait is registered. What has fired has no place any more: the generation says so.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) index: u32,
    pub(crate) generation: u32,
}

/// A deadline that somebody depends on.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Pending {
    pub(crate) deadline: Instant,
    /// Nothing wakes it, as it was reset and not polled since.
    pub(crate) is_unpolled: bool,
    pub(crate) owner: Owner,
}

/// The waits of one clock. Its owner drops the wakers that the methods return after it has released its lock.
#[derive(Default)]
pub(crate) struct Waits {
    registered: Firing,
    /// By number, and thus in the order of the resets.
    unpolled: BTreeMap<u64, (Instant, Owner)>,
    resets: u64,
}

impl Waits {
    pub(crate) fn next_deadline(&mut self) -> Option<Instant> {
        self.registered.next_deadline()
    }

    /// Whether every registered deadline belongs to a task in the background.
    pub(crate) fn is_background(&self) -> bool {
        self.registered.is_background()
    }

    /// The number of deadlines in [`pending`](Waits::pending).
    pub(crate) fn len(&self) -> usize {
        self.registered.len() + self.unpolled.len()
    }

    /// Every deadline that somebody depends on, sorted.
    pub(crate) fn pending(&self) -> Vec<Pending> {
        let registered = self.registered.iter();
        let unpolled = self.unpolled.values();
        let unpolled =
            unpolled.map(|&(deadline, owner)| Pending { deadline, is_unpolled: true, owner });
        let mut all: Vec<Pending> = registered.chain(unpolled).collect();
        all.sort_unstable();
        all
    }

    pub(crate) fn unpolled(&self) -> Vec<Instant> {
        let mut all: Vec<Instant> = self.unpolled.values().map(|&(deadline, _)| deadline).collect();
        all.sort_unstable();
        all
    }

    /// Removes the next wait that is due at or before `limit`. `choose` picks one of several that are due together.
    pub(crate) fn take_due(&mut self, limit: Instant, choose: Option<Choose<'_>>) -> Option<Due> {
        self.registered.take_due(limit, choose)
    }

    /// Polls a wait. `waker` is registered if the wait is pending, and returned otherwise.
    pub(crate) fn poll(
        &mut self,
        standing: &mut Standing,
        now: Instant,
        deadline: Instant,
        waker: Waker,
        owner: Owner,
    ) -> (Poll<()>, [Option<Waker>; 2]) {
        if deadline <= now {
            return (Poll::Ready(()), [Some(waker), self.forget(standing).1]);
        }
        if let Standing::Registered(place) = *standing {
            if self.registered.is_registered(place) {
                return (Poll::Pending, [self.registered.renew(place, waker, owner), None]);
            }
        }
        if !matches!(standing, Standing::Idle) {
            self.forget(standing);
        }
        *standing = Standing::Registered(self.registered.insert(deadline, waker, owner));
        (Poll::Pending, [None, None])
    }

    /// Removes a wait that is registered, unless it has fired.
    #[inline]
    pub(crate) fn remove(&mut self, place: Place) -> Option<Waker> {
        if self.registered.is_registered(place) {
            self.registered.remove(place).map(|it| it.1)
        } else {
            None
        }
    }

    /// Moves a wait to another deadline, or disarms it. It still belongs to the task that polled it.
    pub(crate) fn reset(
        &mut self,
        standing: &mut Standing,
        deadline: Option<Instant>,
        owner: Owner,
    ) -> Option<Waker> {
        let (polled_by, waker) = match *standing {
            Standing::Endless => {
                *standing = Standing::Idle;
                (Some(owner), None)
            }
            _ => self.forget(standing),
        };
        if let (Some(deadline), Some(owner)) = (deadline, polled_by) {
            self.resets += 1;
            self.unpolled.insert(self.resets, (deadline, owner));
            *standing = Standing::Unpolled(Reset::new(self.resets));
        }
        waker
    }

    /// Makes a wait idle. Gives its owner too if its last poll was pending, and it has not fired since.
    fn forget(&mut self, standing: &mut Standing) -> (Option<Owner>, Option<Waker>) {
        match mem::replace(standing, Standing::Idle) {
            Standing::Idle | Standing::Endless => (None, None),
            Standing::Registered(place) => self.registered.remove(place).unzip(),
            Standing::Unpolled(reset) => {
                (self.unpolled.remove(&reset.number()).map(|(_, owner)| owner), None)
            }
        }
    }
}
