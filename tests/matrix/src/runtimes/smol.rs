use std::sync::Arc;

use ::smol::Executor;
use anytempo_smol::{SmolSpawner, SmolTimer};

use crate::programs;
use crate::programs::host::Command;
use crate::runtimes::threads::{ThreadPool, counting, start_timer};
use crate::runtimes::{Boxed, RunError, SharedSink};
use anytempo_conformance::suite::{self, Clock, Outcome, Subject};

/// On the thread of the caller; the reactor may run on another.
pub(super) fn run(command: Command, sink: SharedSink) -> Result<(), RunError> {
    counting(command, ThreadPool, |command| {
        ::smol::block_on(async {
            start_timer(SmolTimer).await;
            programs::run(SmolTimer, command, sink).await;
        });
        Ok(())
    })
}

/// As [`run`], for cases.
#[derive(Debug, Default)]
pub(super) struct Smol;

impl suite::Runtime for Smol {
    type Timer = SmolTimer;
    const CLOCK: Clock = Clock::Real;

    fn run<F>(&self, case: impl FnOnce(Subject<SmolTimer>) -> F) -> Outcome
    where
        F: Future<Output = Outcome> + 'static,
    {
        let case: Boxed = Box::pin(case(Subject { timer: SmolTimer, clock: Self::CLOCK }));
        ::smol::block_on(case)
    }
}

impl suite::Spawns for Smol {
    type Spawner = SmolSpawner;

    fn run_spawning<F>(&self, case: impl FnOnce(Subject<SmolTimer>, SmolSpawner) -> F) -> Outcome
    where
        F: Future<Output = Outcome> + 'static,
    {
        let executor = Arc::new(Executor::new());
        let subject = Subject { timer: SmolTimer, clock: <Self as suite::Runtime>::CLOCK };
        let case: Boxed = Box::pin(case(subject, SmolSpawner::from(&executor)));
        ::smol::block_on(executor.run(case))
    }
}
