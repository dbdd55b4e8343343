use core::convert::Infallible;
use core::future::Future;
use core::panic::Location;
use core::pin::pin;
use core::task::{Context, Poll, Waker};
use core::time::Duration;
use std::sync::Arc;
use std::task::Wake as _;
use std::thread;

use super::Executor;
use crate::clock::{Goal, Step};
use crate::current::{self, Owner, Running};
use crate::explore::panics;
use crate::limits::Watch;
use crate::queue::TaskWaker;
use crate::trace::EventKind;
use crate::{Deadlock, Instant, PendingWait, Task, VirtualClock};

impl Executor {
    /// Runs `future` and all tasks until it is done, or a limit is reached.
    pub(crate) fn drive_main<W: Watch, F: Future>(
        &self,
        watch: &mut W,
        location: &'static Location<'static>,
        future: F,
    ) -> Result<F::Output, Interrupted<W::Limit>> {
        let _drive = self.begin_drive();
        let main = self.tasks.main(location);
        let key = main.key();
        let mut future = pin!(future);
        main.wake();
        let turn = |task: Arc<TaskWaker>| {
            if task.key() != key {
                self.tasks.poll(task);
                return None;
            }
            task.begin_poll();
            current::enter(Owner::MAIN);
            self.clock.note(Owner::MAIN, EventKind::Polled);
            let poll = future.as_mut().poll(&mut Context::from_waker(&Waker::from(task)));
            self.tasks.set_main_elsewhere(current::leave());
            match poll {
                Poll::Ready(output) => Some(output),
                Poll::Pending => None,
            }
        };
        self.drive(watch, turn, || None)
    }

    /// Gives turns and moves the time until `turn`, or `done` when nothing is ready, says that it is over.
    pub(super) fn drive<W: Watch, T>(
        &self,
        watch: &mut W,
        mut turn: impl FnMut(Arc<TaskWaker>) -> Option<T>,
        done: impl Fn() -> Option<T>,
    ) -> Result<T, Interrupted<W::Limit>> {
        let goal = Goal::Tasks { limit: watch.end() };
        loop {
            if let Some(task) = self.next() {
                if let Err(limit) = watch.next_poll() {
                    self.tasks.put_back(task);
                    return Err(self.limit(limit));
                }
                if let Some(output) = turn(task) {
                    return Ok(output);
                }
            } else if let Some(output) = done() {
                return Ok(output);
            } else if !self.tasks.settle() {
                match self.idle(goal, watch.patience()) {
                    Step::Stuck { now, unpolled } => {
                        return Err(Interrupted::Deadlock(self.deadlock(now, unpolled)));
                    }
                    Step::Reached => watch.beyond_end(),
                    Step::Park | Step::Look => watch.look(),
                }
                .map_err(|limit| self.limit(limit))?;
            }
        }
    }

    /// The next task that has its turn.
    #[inline]
    pub(super) fn next(&self) -> Option<Arc<TaskWaker>> {
        if self.is_seeded {
            self.tasks.next_chosen(&|line| self.clock.choose_turn(line))
        } else {
            self.tasks.next()
        }
    }

    /// Nothing is ready: moves the clock to the next deadline, up to the goal.
    ///
    /// While the clock may not be moved, it parks until something changes.
    pub(super) fn idle(&self, goal: Goal, patience: Option<Duration>) -> Step {
        let queue = self.tasks.queue();
        let step = self.clock.step(goal, || queue.is_empty(), &self.nudge);
        if matches!(step, Step::Park) {
            queue.park(patience);
        }
        step
    }

    fn deadlock(&self, at: Instant, unpolled: Vec<Instant>) -> Deadlock {
        let (waiting, seed) = (self.tasks.list(), self.clock.seed());
        Deadlock { at, waiting, unpolled, has_spawner: self.tasks.queue().has_spawner(), seed }
    }

    fn limit<L>(&self, limit: L) -> Interrupted<L> {
        let (tasks, waits) = (self.tasks.list(), self.tasks.waits());
        Interrupted::Limit(limit, Box::new(Left { tasks, waits, holds: self.clock.holds() }))
    }

    #[track_caller]
    pub(super) fn begin_drive(&self) -> Drive<'_> {
        assert!(
            !self.driven.replace(true),
            "this executor is already being driven: do not drive it from a task, a destructor or a waker that it runs"
        );
        Drive { executor: self, _running: Running::new(&self.clock), _told: Told::new(&self.clock) }
    }
}

/// Why a drive ended early.
pub(crate) enum Interrupted<L> {
    Deadlock(Deadlock),
    /// This limit was reached.
    Limit(L, Box<Left>),
}

/// What there was as a run ended early.
#[derive(Clone)]
pub(crate) struct Left {
    pub(crate) tasks: Vec<Task>,
    pub(crate) waits: Vec<PendingWait>,
    /// Where each [`Hold`](crate::Hold) that lives was taken.
    pub(crate) holds: Vec<&'static Location<'static>>,
}

impl Interrupted<Infallible> {
    /// Without limits only a deadlock stops a run.
    pub(super) fn into_deadlock(self) -> Deadlock {
        match self {
            Interrupted::Deadlock(deadlock) => deadlock,
            Interrupted::Limit(never, ..) => match never {},
        }
    }
}

/// The executor is being driven, until this is dropped.
pub(super) struct Drive<'a> {
    executor: &'a Executor,
    _running: Running,
    _told: Told,
}

impl Drop for Drive<'_> {
    fn drop(&mut self) {
        self.executor.driven.set(false);
        self.executor.tasks.end_main();
    }
}

/// Writes the seed to the standard error if it is dropped by a panic that it has not seen begin.
pub(super) struct Told {
    clock: VirtualClock,
    was_panicking: bool,
}

impl Told {
    pub(super) fn new(clock: &VirtualClock) -> Told {
        Told { clock: clock.clone(), was_panicking: thread::panicking() }
    }
}

impl Drop for Told {
    fn drop(&mut self) {
        if thread::panicking() && !self.was_panicking && !panics::is_quiet() {
            if let Some(seed) = self.clock.seed() {
                eprintln!("{}", seed.replay());
            }
        }
    }
}
