use core::ops::{Deref, DerefMut};
use core::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Weak};

use super::{Shared, VirtualClock};
use crate::current::Owner;
use crate::trace::EventKind;
use crate::{Instant, Trace};

/// How many clocks record a trace now. While there are none, a wake need not ask its clock.
static RECORDED: AtomicUsize = AtomicUsize::new(0);

#[inline]
pub(crate) fn is_any_recorded() -> bool {
    RECORDED.load(Ordering::Relaxed) > 0
}

/// The trace of a clock that records one.
pub(crate) struct Recording(Trace);

impl Recording {
    fn new() -> Recording {
        RECORDED.fetch_add(1, Ordering::Relaxed);
        Recording(Trace::default())
    }
}

impl Deref for Recording {
    type Target = Trace;

    fn deref(&self) -> &Trace {
        &self.0
    }
}

impl DerefMut for Recording {
    fn deref_mut(&mut self) -> &mut Trace {
        &mut self.0
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        RECORDED.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The clock of an executor, for its wakers. They may be kept by the clock itself.
#[derive(Clone, Default)]
pub(crate) struct WeakClock(Weak<Shared>);

impl WeakClock {
    #[cold]
    pub(crate) fn note(&self, owner: Owner, what: EventKind) {
        if let Some(shared) = self.0.upgrade() {
            VirtualClock { shared }.note(owner, what);
        }
    }
}

impl VirtualClock {
    /// Records what happens on this clock and on its executor from now on: see [`Trace`].
    ///
    /// A trace that is being recorded begins anew.
    pub fn start_trace(&self) {
        let before = self.lock().trace.replace(Recording::new());
        drop(before);
    }

    /// Ends the recording, and returns what happened. It is empty if nothing was recorded.
    #[must_use]
    pub fn take_trace(&self) -> Trace {
        let recording = self.lock().trace.take();
        recording.map(|mut recording| core::mem::take(&mut *recording)).unwrap_or_default()
    }

    /// Records an event of a task, if that is wanted.
    #[inline]
    pub(crate) fn note(&self, owner: Owner, what: EventKind) {
        if is_any_recorded() {
            self.record(|trace, now| trace.push(now, owner, what));
        }
    }

    /// Apart, because nearly every run records nothing.
    #[cold]
    pub(crate) fn record(&self, record: impl FnOnce(&mut Trace, Instant)) {
        let mut state = self.lock();
        let now = state.now;
        if let Some(trace) = &mut state.trace {
            record(trace, now);
        }
    }

    pub(crate) fn downgrade(&self) -> WeakClock {
        WeakClock(Arc::downgrade(&self.shared))
    }
}
