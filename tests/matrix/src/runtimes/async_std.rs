use anytempo_async_std::{AsyncStdSpawner, AsyncStdTimer};

use crate::programs;
use crate::programs::host::Command;
use crate::runtimes::threads::{ThreadPool, counting, parallelism, start_timer};
use crate::runtimes::{Boxed, RunError, SharedSink};
use anytempo_conformance::suite::{self, Clock, Outcome, Subject};

/// On the thread of the caller; the reactor may run on another.
pub(super) fn run(command: Command, sink: SharedSink) -> Result<(), RunError> {
    counting(command, ThreadPool, |command| {
        ::async_std::task::block_on(async {
            start_timer(AsyncStdTimer).await;
            programs::run(AsyncStdTimer, command, sink).await;
        });
        Ok(())
    })
}

/// Those of its executor, and that of its reactor.
pub(super) fn threads() -> usize {
    let set = std::env::var("ASYNC_STD_THREAD_COUNT").ok().and_then(|it| it.parse().ok());
    set.unwrap_or_else(parallelism).saturating_add(1)
}

/// As [`run`], for cases.
#[derive(Debug, Default)]
pub(super) struct AsyncStd;

impl suite::Runtime for AsyncStd {
    type Timer = AsyncStdTimer;
    const CLOCK: Clock = Clock::Real;

    fn run<F>(&self, case: impl FnOnce(Subject<AsyncStdTimer>) -> F) -> Outcome
    where
        F: Future<Output = Outcome> + 'static,
    {
        let case: Boxed = Box::pin(case(Subject { timer: AsyncStdTimer, clock: Self::CLOCK }));
        ::async_std::task::block_on(case)
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
