use core::cell::{Cell, RefCell};

use crate::suite::failure::{Failure, Outcome, Seen};

/// What happened, in order. It holds as much as a case can expect, and what is beyond that is counted.
#[derive(Debug, Default)]
pub struct Log {
    entries: RefCell<[&'static str; 16]>,
    length: Cell<usize>,
}

impl Log {
    /// Notes that something happened.
    pub fn note(&self, what: &'static str) {
        let length = self.length.get();
        if let Some(entry) = self.entries.borrow_mut().get_mut(length) {
            *entry = what;
        }
        self.length.set(length + 1);
    }

    /// Whether just this has happened.
    pub fn is(&self, expected: &[&str]) -> bool {
        self.length.get() == expected.len() && self.entries.borrow().starts_with(expected)
    }

    /// Fails the case unless just this has happened. The failure tells how much it was, and what came last.
    #[track_caller]
    pub fn check(&self, expected: &[&str], what: &'static str) -> Outcome {
        if self.is(expected) {
            return Ok(());
        }
        Err(Failure::new(what).seen(Seen::Log(self.length(), self.last())))
    }

    /// How much has happened.
    pub fn length(&self) -> usize {
        self.length.get()
    }

    /// How often this has happened.
    pub fn count(&self, what: &str) -> usize {
        self.entries.borrow().iter().take(self.length.get()).filter(|entry| **entry == what).count()
    }

    /// What has happened last.
    pub fn last(&self) -> Option<&'static str> {
        self.length.get().checked_sub(1).and_then(|last| self.entries.borrow().get(last).copied())
    }

    /// Forgets what has happened.
    pub fn clear(&self) {
        self.length.set(0);
    }
}
