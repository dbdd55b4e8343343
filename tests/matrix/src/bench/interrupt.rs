use core::sync::atomic::{AtomicBool, Ordering};
use std::process::ChildStdin;
use std::sync::{Arc, Mutex, PoisonError};

/// A way to end a run early, so that it takes its processes and its files with it.
#[derive(Clone, Debug, Default)]
pub struct Interrupt(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    wanted: AtomicBool,
    /// The one that is under way ends when this is closed.
    lifeline: Mutex<Option<ChildStdin>>,
}

impl Interrupt {
    /// Ends the run that has this, soon.
    pub fn interrupt(&self) {
        self.0.wanted.store(true, Ordering::SeqCst);
        self.hold(None);
    }

    /// Whether there was an interrupt.
    pub fn is_wanted(&self) -> bool {
        self.0.wanted.load(Ordering::SeqCst)
    }

    /// Keeps this open until the next one, or until the interrupt.
    pub(super) fn hold(&self, lifeline: Option<ChildStdin>) {
        let mut held = self.0.lifeline.lock().unwrap_or_else(PoisonError::into_inner);
        *held = lifeline;
        // The other way round it could come between the two, and be missed.
        if self.is_wanted() {
            *held = None;
        }
    }
}
