use core::task::{Poll, Waker};
use std::collections::{BTreeMap, BTreeSet};

use crate::Instant;

/// A wait's position in the firing order: its deadline, then its number.
pub(crate) type Place = (Instant, u64);

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
    Unpolled(Place),
}

/// The waits of one clock. Its owner drops the wakers that the methods return after it has released its lock.
#[derive(Default)]
pub(crate) struct Waits {
    numbers: u64,
    registered: BTreeMap<Place, Waker>,
    unpolled: BTreeSet<Place>,
}

impl Waits {
    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        self.registered.keys().next().map(|&(deadline, _)| deadline)
    }

    /// The number of deadlines in [`pending`](Waits::pending).
    pub(crate) fn len(&self) -> usize {
        self.registered.len() + self.unpolled.len()
    }

    /// Every deadline that somebody depends on, sorted.
    pub(crate) fn pending(&self) -> Vec<Instant> {
        let mut places: Vec<&Place> = self.registered.keys().chain(&self.unpolled).collect();
        places.sort_unstable();
        places.into_iter().map(|&(deadline, _)| deadline).collect()
    }

    pub(crate) fn unpolled(&self) -> Vec<Instant> {
        self.unpolled.iter().map(|&(deadline, _)| deadline).collect()
    }

    /// Removes the next wait that is due at or before `limit`.
    pub(crate) fn take_due(&mut self, limit: Instant) -> Option<(Instant, Waker)> {
        let first = self.registered.first_entry().filter(|it| it.key().0 <= limit)?;
        let ((deadline, _), waker) = first.remove_entry();
        Some((deadline, waker))
    }

    /// Polls a wait. `waker` is registered if the wait is pending, and returned otherwise.
    pub(crate) fn poll(
        &mut self,
        standing: &mut Standing,
        now: Instant,
        deadline: Instant,
        waker: Waker,
    ) -> (Poll<()>, [Option<Waker>; 2]) {
        if deadline <= now {
            return (Poll::Ready(()), [Some(waker), self.forget(standing).1]);
        }
        let place = match *standing {
            Standing::Registered(place) => place,
            _ => {
                self.forget(standing);
                self.place(deadline)
            }
        };
        *standing = Standing::Registered(place);
        (Poll::Pending, [self.registered.insert(place, waker), None])
    }

    /// Moves a wait to another deadline, or disarms it.
    pub(crate) fn reset(
        &mut self,
        standing: &mut Standing,
        deadline: Option<Instant>,
    ) -> Option<Waker> {
        let (is_awaited, waker) = self.forget(standing);
        if let Some(deadline) = deadline.filter(|_| is_awaited) {
            let place = self.place(deadline);
            self.unpolled.insert(place);
            *standing = Standing::Unpolled(place);
        }
        waker
    }

    /// Makes a wait idle. Also says whether its last poll was pending and it has not fired since.
    fn forget(&mut self, standing: &mut Standing) -> (bool, Option<Waker>) {
        match core::mem::replace(standing, Standing::Idle) {
            Standing::Idle => (false, None),
            Standing::Endless => (true, None),
            Standing::Registered(place) => {
                let waker = self.registered.remove(&place);
                (waker.is_some(), waker)
            }
            Standing::Unpolled(place) => (self.unpolled.remove(&place), None),
        }
    }

    fn place(&mut self, deadline: Instant) -> Place {
        self.numbers += 1;
        (deadline, self.numbers)
    }
}
