use core::mem;
use core::sync::atomic::Ordering;
use core::task::Waker;
use std::sync::MutexGuard;
use std::thread;

use super::{State, VirtualClock};
use crate::Instant;

/// How far an executor goes.
#[derive(Clone, Copy)]
pub(crate) enum Goal {
    /// To this time.
    Time(Instant),
    /// Until its tasks are done, and not beyond the limit. The deadlines of tasks in the background are no reason to go on.
    Tasks { limit: Option<Instant> },
}

/// What an executor does next if none of its tasks is ready.
pub(crate) enum Step {
    /// Look at the queue again: a task is ready, or the time has moved.
    Look,
    /// Park until the queue is woken.
    Park,
    /// The time of the goal is reached, or the next deadline is beyond its limit.
    Reached,
    /// No deadline that counts is registered, so nothing can wake a task.
    Stuck { now: Instant, unpolled: Vec<Instant> },
}

impl VirtualClock {
    /// Moves the time to the next deadline, up to the goal, for an executor that found no ready task.
    ///
    /// `is_idle` locks the executor's queue and checks it again. `parked` is woken after [`Step::Park`].
    ///
    /// Queue, holds, other advances and deadlines are all checked in the critical section that also moves the time.
    /// Otherwise a task that was woken before a hold was dropped could run after the time has moved. The time could also move
    /// under a new hold, and a wake on its way could be reported as a deadlock.
    pub(crate) fn step(&self, goal: Goal, is_idle: impl FnOnce() -> bool, parked: &Waker) -> Step {
        let mut state = self.lock();
        let is_reached = matches!(goal, Goal::Time(end) if end <= state.now);
        // Another thread's advance may have a waker of one of our tasks in its hand.
        let is_advancing = !state.advancing.is_empty()
            && state.advancing.iter().any(|&id| id != thread::current().id());
        if !is_idle() {
            return Step::Look;
        }
        if is_advancing || !state.holds.is_empty() && !is_reached {
            if !state.parked.iter().any(|it| it.will_wake(parked)) {
                // A clone of an executor's own waker, which runs no code of others.
                state.parked.push(parked.clone());
            }
            return Step::Park;
        }
        if is_reached {
            return Step::Reached;
        }
        let next = state.waits.next_deadline();
        let target = match goal {
            Goal::Time(end) => next.map_or(end, |next| next.min(end)),
            Goal::Tasks { limit } => match next.filter(|_| !state.waits.is_background()) {
                None => return Step::Stuck { now: state.now, unpolled: state.waits.unpolled() },
                Some(next) if limit.is_some_and(|limit| limit < next) => return Step::Reached,
                Some(next) => next,
            },
        };
        self.go_to(state, target);
        Step::Look
    }

    /// Fires what is due at or before `target`, then sets the time to it.
    ///
    /// The critical section that finds nothing more due also sets the time. A sleep that another thread polls is thus
    /// registered in time to fire, or it finds its deadline reached.
    pub(super) fn go_to<'a>(&'a self, mut locked: MutexGuard<'a, State>, target: Instant) {
        locked.advancing.push(thread::current().id());
        let advancing = Advancing(self);
        // Declared last, so that a panic gives the lock back before `advancing` takes it.
        let mut state = locked;
        while let Some((deadline, waker)) = state.take_due(target) {
            self.move_to(&mut state, deadline);
            drop(state);
            waker.wake();
            state = self.lock();
        }
        self.move_to(&mut state, target);
        drop(state);
        drop(advancing);
    }

    /// Sets the time, unless a waker or another thread has moved it further.
    fn move_to(&self, state: &mut State, now: Instant) {
        if now > state.now {
            state.now = now;
            let nanos = u64::try_from(now.since_start().as_nanos()).unwrap_or(u64::MAX);
            self.shared.nanos.store(nanos, Ordering::Release);
        }
    }
}

/// Marks the current thread as advancing the clock, until it is dropped.
struct Advancing<'a>(&'a VirtualClock);

impl Drop for Advancing<'_> {
    fn drop(&mut self) {
        let parked = {
            let mut state = self.0.lock();
            let thread = thread::current().id();
            if let Some(index) = state.advancing.iter().rposition(|&it| it == thread) {
                state.advancing.swap_remove(index);
            }
            mem::take(&mut state.parked)
        };
        parked.into_iter().for_each(Waker::wake);
    }
}
