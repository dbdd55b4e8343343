use core::ops::{Deref, DerefMut};
use core::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Weak};

use super::{Shared, VirtualClock};
use crate::current::{self, Owner};
use crate::firing::Due;
use crate::trace::EventKind;
use crate::waits::Place;
use crate::{Instant, Trace};

/// How many clocks record a trace now. While there are none, a wake need not ask its clock.
static RECORDED: AtomicUsize = AtomicUsize::new(0);

#[inline]
pub(crate) fn is_any_recorded() -> bool {
    RECORDED.load(Ordering::Relaxed) > 0
}

/// The trace of a clock that records one.
pub(crate) struct Recording {
    trace: Trace,
    /// With every operation on the clock and on its waits.
    is_full: bool,
    /// How many waits have a number.
    numbered: u32,
    /// The numbers of the waits that are registered, by their places.
    registered: Vec<u32>,
}

impl Recording {
    fn new(is_full: bool) -> Recording {
        RECORDED.fetch_add(1, Ordering::Relaxed);
        Recording { trace: Trace::default(), is_full, numbered: 0, registered: Vec::new() }
    }

    /// The number of a wait, which has one from now on. Zero if the trace is not full.
    fn number(&mut self, number: &mut u32) -> u32 {
        if !self.is_full {
            return 0;
        }
        if *number == 0 {
            self.numbered += 1;
            *number = self.numbered;
        }
        *number
    }

    /// A wait was polled. `place` is where it was registered anew.
    #[cold]
    pub(super) fn polled(
        &mut self,
        now: Instant,
        owner: Owner,
        number: &mut u32,
        place: Option<(Place, Instant)>,
        is_ready: bool,
    ) {
        let number = self.number(number);
        if let Some((place, deadline)) = place {
            let index = place.index as usize;
            if self.is_full && self.registered.len() <= index {
                self.registered.resize(index + 1, 0);
            }
            if let Some(registered) = self.registered.get_mut(index) {
                *registered = number;
            }
            self.push_wait(now, owner, EventKind::Armed(deadline), number);
        } else if self.is_full {
            let what = if is_ready { EventKind::Ready } else { EventKind::Pending };
            self.push_wait(now, owner, what, number);
        }
    }

    /// A wait has fired.
    #[cold]
    pub(super) fn fired(&mut self, now: Instant, due: &Due) {
        let number = self.registered.get(due.index as usize).copied().unwrap_or(0);
        self.push_wait(now, due.owner, EventKind::Fired(due.deadline), number);
    }

    /// A wait was reset. `is_known` says whether the clock knew of it.
    #[cold]
    pub(super) fn reset(
        &mut self,
        now: Instant,
        deadline: Option<Instant>,
        number: &mut u32,
        is_known: bool,
    ) {
        if is_known || self.is_full {
            let number = self.number(number);
            self.push_wait(now, current::owner(), EventKind::Reset(deadline), number);
        }
    }
}

impl Deref for Recording {
    type Target = Trace;

    fn deref(&self) -> &Trace {
        &self.trace
    }
}

impl DerefMut for Recording {
    fn deref_mut(&mut self) -> &mut Trace {
        &mut self.trace
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
        let before = self.lock().trace.replace(Recording::new(false));
        drop(before);
    }

    /// Records the same, and every operation on this clock and its waits: see [`EventKind`].
    ///
    /// It shows how code uses its timer: when it reads the clock, and when it makes, polls, resets and drops which wait.
    ///
    /// # Examples
    ///
    /// ```
    /// use anytempo::Timer;
    /// use anytempo_virtual::{Executor, VirtualClock};
    /// use core::{future::ready, time::Duration};
    ///
    /// let clock = VirtualClock::new();
    /// clock.start_full_trace();
    /// let limit = clock.timeout(Duration::from_secs(1), async { clock.now() });
    /// Executor::new(&clock).block_on(limit).unwrap().unwrap();
    ///
    /// let text = clock.take_trace().text();
    /// assert!(text.contains("0ns: the main future reads the clock\n"));
    /// ```
    pub fn start_full_trace(&self) {
        let before = self.lock().trace.replace(Recording::new(true));
        drop(before);
    }

    /// Ends the recording, and returns what happened. It is empty if nothing was recorded.
    #[must_use]
    pub fn take_trace(&self) -> Trace {
        let recording = self.lock().trace.take();
        recording.map(|mut recording| core::mem::take(&mut recording.trace)).unwrap_or_default()
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
    pub(crate) fn record(&self, record: impl FnOnce(&mut Recording, Instant)) {
        let mut state = self.lock();
        let now = state.now;
        if let Some(trace) = &mut state.trace {
            record(trace, now);
        }
    }

    /// The clock was read.
    #[cold]
    pub(crate) fn note_read(&self) {
        let mut state = self.lock();
        let now = state.now;
        if let Some(trace) = state.trace.as_mut().filter(|trace| trace.is_full) {
            trace.push(now, current::owner(), EventKind::Read);
        }
    }

    /// Something happened to a wait which only a full trace has.
    #[cold]
    pub(crate) fn note_wait(&self, number: &mut u32, what: EventKind) {
        let mut state = self.lock();
        let now = state.now;
        if let Some(trace) = state.trace.as_mut().filter(|trace| trace.is_full) {
            let number = trace.number(number);
            trace.push_wait(now, current::owner(), what, number);
        }
    }

    pub(crate) fn downgrade(&self) -> WeakClock {
        WeakClock(Arc::downgrade(&self.shared))
    }
}
