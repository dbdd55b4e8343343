use core::mem;
use core::task::Waker;
use core::time::Duration;
use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use crate::Instant;

/// Where a waker is kept: by its deadline, and by a number that no other wait has.
pub(crate) type Place = (Instant, u64);

/// The clock, and its thread. When it is dropped, the thread ends.
#[derive(Debug)]
pub(crate) struct Keeper(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    start: std::time::Instant,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// The first deadline comes first.
    wakers: BTreeMap<Place, Waker>,
    places: u64,
    has_thread: bool,
    is_over: bool,
}

impl Keeper {
    pub(crate) fn new() -> Self {
        let start = std::time::Instant::now();
        Self(Arc::new(Shared { start, state: Mutex::default(), changed: Condvar::new() }))
    }

    pub(crate) fn now(&self) -> Instant {
        self.0.now()
    }

    /// Keeps `waker` until `deadline`, in place of the one that was kept at `place`.
    pub(crate) fn keep(&self, place: &mut Option<Place>, deadline: Instant, waker: &Waker) {
        let mut state = self.0.lock();
        let place = *place.get_or_insert_with(|| {
            state.places += 1;
            (deadline, state.places)
        });
        // A copy for each poll is spared where the task is the same.
        let is_kept = state.wakers.get(&place).is_some_and(|kept| kept.will_wake(waker));
        // A waker is made and dropped without the lock, as both may run code of a task that uses this clock.
        if !is_kept {
            drop(state);
            let waker = waker.clone();
            state = self.0.lock();
            let old = state.wakers.insert(place, waker);
            let is_first = state.wakers.keys().next() == Some(&place);
            let starts = !mem::replace(&mut state.has_thread, true);
            drop(state);
            drop(old);
            if starts {
                self.start();
            } else if is_first {
                self.0.changed.notify_one();
            }
        }
    }

    /// Gives up what is kept at `place`.
    pub(crate) fn forget(&self, place: Place) {
        let forgotten = self.0.lock().wakers.remove(&place);
        // Dropped here, and not under the lock.
        drop(forgotten);
    }

    fn start(&self) {
        let shared = Arc::clone(&self.0);
        let thread = thread::Builder::new().name("clock".into());
        if thread.spawn(move || shared.run_to_the_end()).is_err() {
            // A poll must not panic. Without a thread all tasks are woken at once, and ask again.
            self.0.give_up_thread();
        }
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.0.lock().is_over = true;
        self.0.changed.notify_one();
    }
}

impl Shared {
    fn now(&self) -> Instant {
        Instant(self.start.elapsed())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing panics under the lock, so what it holds is whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run_to_the_end(&self) {
        /// A waker that panics ends the thread. The next wait then starts another one.
        struct Leave<'a>(&'a Shared);

        impl Drop for Leave<'_> {
            fn drop(&mut self) {
                self.0.give_up_thread();
            }
        }

        let _leave = Leave(self);
        self.run();
    }

    /// There is no thread any more: wakes every task, so that each polls again and one of them starts a thread.
    fn give_up_thread(&self) {
        let mut state = self.lock();
        state.has_thread = false;
        let wakers = mem::take(&mut state.wakers);
        drop(state);
        wakers.into_values().for_each(Waker::wake);
    }

    /// Wakes each waker at its deadline.
    fn run(&self) {
        let mut state = self.lock();
        while !state.is_over {
            let now = self.now();
            let later = state.wakers.split_off(&(now, u64::MAX));
            let due = mem::replace(&mut state.wakers, later);
            if !due.is_empty() {
                // Without the lock: what is woken may poll, reset and drop waits at once.
                drop(state);
                due.into_values().for_each(Waker::wake);
                state = self.lock();
                continue;
            }
            let next = state.wakers.keys().next().map(|(deadline, _)| deadline.0 - now.0);
            // It may return early, and then goes round once more.
            let woken = self.changed.wait_timeout(state, next.unwrap_or(Duration::MAX));
            state = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}
