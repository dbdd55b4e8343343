use std::io;

use ::tokio::runtime::{Builder, Runtime};
use anytempo_tokio::{TokioSpawner, TokioTimer};

use crate::programs;
use crate::programs::host::Command;
use crate::runtimes::threads::{ThreadPool, counting};
use crate::runtimes::{Boxed, RunError, SharedSink};
use crate::words::plain;
use anytempo_conformance::suite::{self, Clock, Failure, Outcome, Subject};

/// On the thread of the caller.
pub(super) fn current_thread(command: Command, sink: SharedSink) -> Result<(), RunError> {
    let runtime = started(Builder::new_current_thread().enable_time().build())?;
    counting(command, ThreadPool, |command| {
        runtime.block_on(programs::run(TokioTimer, command, sink));
        Ok(())
    })
}

/// How many threads the scheduler of [`multi_thread`] has.
pub(super) const WORKERS: usize = 2;

/// As a task that any of the workers may run, and may pass on to another.
pub(super) fn multi_thread(command: Command, sink: SharedSink) -> Result<(), RunError> {
    let runtime =
        started(Builder::new_multi_thread().worker_threads(WORKERS).enable_time().build())?;
    counting(command, ThreadPool, |command| {
        let task = runtime.spawn(programs::run(TokioTimer, command, sink));
        let ended = runtime.block_on(task);
        ended.map_err(|error| RunError::new(format!("the program did not end: {error}")))
    })
}

pub(super) fn started(runtime: io::Result<Runtime>) -> Result<Runtime, RunError> {
    runtime.map_err(|error| RunError::new(format!("tokio cannot start: {}", plain(&error))))
}

/// As [`current_thread`], for cases; or, with `MULTI`, as [`multi_thread`]. Cases need not be `Send` and so stay on the thread
/// of the caller, but the time is then kept by a worker.
#[derive(Debug, Default)]
pub(super) struct Cases<const MULTI: bool>;

impl<const MULTI: bool> suite::Runtime for Cases<MULTI> {
    type Timer = TokioTimer;
    const CLOCK: Clock = Clock::Real;

    fn run<F>(&self, case: impl FnOnce(Subject<TokioTimer>) -> F) -> Outcome
    where
        F: Future<Output = Outcome> + 'static,
    {
        suite::Spawns::run_spawning(self, |subject, _| case(subject))
    }
}

impl<const MULTI: bool> suite::Spawns for Cases<MULTI> {
    type Spawner = TokioSpawner;

    fn run_spawning<F>(&self, case: impl FnOnce(Subject<TokioTimer>, TokioSpawner) -> F) -> Outcome
    where
        F: Future<Output = Outcome> + 'static,
    {
        let Some((runtime, spawner)) = started_for_a_case(MULTI) else {
            return Err(Failure::new("tokio can start"));
        };
        let subject = Subject { timer: TokioTimer, clock: <Self as suite::Runtime>::CLOCK };
        let case: Boxed = Box::pin(case(subject, spawner));
        runtime.block_on(case)
    }
}

fn started_for_a_case(multi: bool) -> Option<(Runtime, TokioSpawner)> {
    let mut builder = match multi {
        false => Builder::new_current_thread(),
        true => Builder::new_multi_thread(),
    };
    let runtime = builder.worker_threads(1).enable_time().build().ok()?;
    // One of each kind: the first finds its runtime when it spawns, the second holds a handle.
    let spawner = match multi {
        false => TokioSpawner::default(),
        true => TokioSpawner::from(runtime.handle().clone()),
    };
    Some((runtime, spawner))
}
