use core::task::Waker;
use std::sync::Arc;

use anytempo::{Deadline, Timer};

use super::queue::{Queue, Ticket, Turn};

/// Where one clone of a service is: not asked, in the queue, or with a token. A drop gives up the place or the token.
pub(super) struct Place<T: Timer> {
    queue: Arc<Queue<T>>,
    stage: Stage,
}

enum Stage {
    Away,
    Waiting(Ticket),
    Granted,
}

/// Why a place has no token yet.
pub(super) enum Wait<T: Timer> {
    /// The one before it wakes its task.
    ForOthers,
    /// It is the first, and asks again then.
    Until(Deadline<T>),
}

impl<T: Timer> Place<T> {
    pub(super) fn new(queue: Arc<Queue<T>>) -> Self {
        Self { queue, stage: Stage::Away }
    }

    pub(super) fn has_token(&self) -> bool {
        matches!(self.stage, Stage::Granted)
    }

    /// Asks for a token.
    pub(super) fn ask(&mut self, timer: &T, waker: &Waker) -> Result<(), Wait<T>> {
        let ticket = match self.stage {
            Stage::Granted => return Ok(()),
            Stage::Away => None,
            Stage::Waiting(ticket) => Some(ticket),
        };
        let (ticket, wait) = match self.queue.ask(ticket, timer, waker) {
            Turn::Granted => {
                self.stage = Stage::Granted;
                return Ok(());
            }
            Turn::Behind(ticket) => (ticket, Wait::ForOthers),
            Turn::First(ticket, deadline) => (ticket, Wait::Until(deadline)),
        };
        self.stage = Stage::Waiting(ticket);
        Err(wait)
    }

    /// Uses the token for a call. Without one the call is counted all the same.
    pub(super) fn spend(&mut self, timer: &T) {
        let was_granted = self.has_token();
        if !was_granted {
            self.leave();
        }
        self.stage = Stage::Away;
        self.queue.spend(was_granted, timer);
    }

    /// Gives up the place or the token.
    pub(super) fn leave(&mut self) {
        match core::mem::replace(&mut self.stage, Stage::Away) {
            Stage::Away => {}
            Stage::Waiting(ticket) => self.queue.leave(ticket),
            Stage::Granted => self.queue.put_back(),
        }
    }
}

/// The clone is another one that asks.
impl<T: Timer> Clone for Place<T> {
    fn clone(&self) -> Self {
        Self::new(self.queue.clone())
    }
}

impl<T: Timer> Drop for Place<T> {
    fn drop(&mut self) {
        self.leave();
    }
}
