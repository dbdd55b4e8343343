use core::task::Waker;
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use anytempo::{Deadline, Timer};

use super::rate::{Rate, Tokens};

/// What all clones of a service share: the tokens, and those that wait for one, in the order in which they came.
///
/// Only the first in the queue has a timer. It wakes the next one when it leaves.
pub(super) struct Queue<T: Timer> {
    shared: Mutex<Shared<T>>,
}

struct Shared<T: Timer> {
    tokens: Tokens<T>,
    waiting: VecDeque<(Ticket, Waker)>,
    next: Ticket,
}

/// Tickets only grow, so the queue is always sorted by them.
pub(super) type Ticket = u64;

/// The answer to a poll.
pub(super) enum Turn<T: Timer> {
    Granted,
    /// Others are before it.
    Behind(Ticket),
    /// It is the first, and a token comes then.
    First(Ticket, Deadline<T>),
}

impl<T: Timer> Queue<T> {
    pub(super) fn new(rate: Rate) -> Self {
        let shared = Shared { tokens: Tokens::new(rate), waiting: VecDeque::new(), next: 0 };
        Self { shared: Mutex::new(shared) }
    }

    /// Of the caller's code only the clock is read under the lock, and by its contract it does not panic.
    fn lock(&self) -> MutexGuard<'_, Shared<T>> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks for a token, with the ticket of the poll before.
    pub(super) fn ask(&self, ticket: Option<Ticket>, timer: &T, waker: &Waker) -> Turn<T> {
        if ticket.is_none() && self.lock().take_first(timer) {
            return Turn::Granted;
        }
        let mut waker = waker.clone();
        let mut shared = self.lock();
        let place = ticket.and_then(|it| shared.find(it));
        // Without a place it is behind all that wait.
        let is_first = place.map_or(shared.waiting.is_empty(), |at| at == 0);
        let taken = if is_first { Some(shared.tokens.take(timer)) } else { None };
        if let Some(Ok(())) = taken {
            let left = place.and_then(|at| shared.waiting.remove(at));
            let next = shared.first();
            drop(shared);
            wake(next);
            drop(left);
            return Turn::Granted;
        }
        let ticket = match place.and_then(|at| shared.waiting.get_mut(at)) {
            Some((ticket, old)) => {
                core::mem::swap(old, &mut waker);
                *ticket
            }
            None => {
                let ticket = shared.next;
                shared.next = ticket.wrapping_add(1);
                shared.waiting.push_back((ticket, waker));
                waker = Waker::noop().clone();
                ticket
            }
        };
        drop(shared);
        drop(waker);
        match taken {
            Some(Err(deadline)) => Turn::First(ticket, deadline),
            _ => Turn::Behind(ticket),
        }
    }

    /// Gives up a place.
    pub(super) fn leave(&self, ticket: Ticket) {
        let mut shared = self.lock();
        let Some(at) = shared.find(ticket) else { return };
        let left = shared.waiting.remove(at);
        let next = if at == 0 { shared.first() } else { None };
        drop(shared);
        wake(next);
        drop(left);
    }

    /// Gives back a token that was granted.
    pub(super) fn put_back(&self) {
        let mut shared = self.lock();
        shared.tokens.put_back();
        let next = shared.first();
        drop(shared);
        wake(next);
    }

    /// Counts a call, for which a token `was_granted` or not.
    pub(super) fn spend(&self, was_granted: bool, timer: &T) {
        let mut shared = self.lock();
        let tokens = &mut shared.tokens;
        let had_no_deadline = tokens.spend(was_granted, timer);
        let next = if had_no_deadline { shared.first() } else { None };
        drop(shared);
        wake(next);
    }
}

impl<T: Timer> Shared<T> {
    /// Takes a token for one that has no place.
    fn take_first(&mut self, timer: &T) -> bool {
        self.waiting.is_empty() && self.tokens.take(timer).is_ok()
    }

    fn find(&self, ticket: Ticket) -> Option<usize> {
        self.waiting.binary_search_by_key(&ticket, |it| it.0).ok()
    }

    /// The waker of the first, which it replaces in its next poll.
    fn first(&mut self) -> Option<Waker> {
        let (_, waker) = self.waiting.front_mut()?;
        Some(core::mem::replace(waker, Waker::noop().clone()))
    }
}

/// Never under the lock, as a waker may run any code.
fn wake(waker: Option<Waker>) {
    if let Some(waker) = waker {
        waker.wake();
    }
}
