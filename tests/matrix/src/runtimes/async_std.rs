use core::ops::ControlFlow;

use anytempo_async_std::{AsyncStdSpawner, AsyncStdTimer};

use crate::programs;
use crate::programs::host::{Command, Pool};
use crate::runtimes::{RunError, SharedSink, threads};
use anytempo_conformance::suite::{self, Clock, Outcome, Subject};

/// On the thread of the caller; the reactor may run on another.
pub(super) fn run(command: Command, sink: SharedSink) -> Result<(), RunError> {
    ::async_std::task::block_on(programs::run(
        AsyncStdTimer,
        command.counted_by(BlockingPool),
        sink,
    ));
    Ok(())
}

/// As [`run`], for cases.
#[derive(Debug)]
pub(super) struct AsyncStd;

impl suite::Runtime for AsyncStd {
    type Timer = AsyncStdTimer;
    const CLOCK: Clock = Clock::Real;

    fn run<F>(&self, case: impl FnOnce(Subject<AsyncStdTimer>) -> F) -> Outcome
    where
        F: Future<Output = Outcome> + 'static,
    {
        ::async_std::task::block_on(case(Subject { timer: AsyncStdTimer, clock: Self::CLOCK }))
    }
}

impl suite::Spawns for AsyncStd {
    type Spawner = AsyncStdSpawner;

    fn run_spawning<F>(
        &self,
        case: impl FnOnce(Subject<AsyncStdTimer>, AsyncStdSpawner) -> F,
    ) -> Outcome
    where
        F: Future<Output = Outcome> + 'static,
    {
        suite::Runtime::run(self, |subject| case(subject, AsyncStdSpawner))
    }
}

/// The runtime's threads for work that blocks.
struct BlockingPool;

impl Pool for BlockingPool {
    fn parallelism(&self) -> usize {
        threads::parallelism()
    }

    fn start(&self, mut work: impl FnMut() -> ControlFlow<()> + Send + 'static) {
        // Nobody waits for the worker itself.
        drop(::async_std::task::spawn_blocking(move || while work().is_continue() {}));
    }
}
