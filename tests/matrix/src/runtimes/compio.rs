use anytempo_compio::{CompioSpawner, CompioTimer};
use compio_driver::{DriverType, ProactorBuilder};
use compio_runtime::{Runtime, RuntimeBuilder};

use crate::programs;
use crate::programs::host::Command;
use crate::runtimes::threads::{ThreadPool, counting};
use crate::runtimes::{RunError, SharedSink};
use crate::words::plain;
use anytempo_conformance::harness::{self, Promise};
use anytempo_conformance::suite::{self, Allowance, Clock, Failure, Outcome, Subject};

/// On the thread of the caller.
pub(super) fn run(command: Command, sink: SharedSink) -> Result<(), RunError> {
    let runtime = started()?;
    counting(command, ThreadPool, |command| {
        runtime.block_on(programs::run(CompioTimer, command, sink));
        Ok(())
    })
}

/// A runtime with the driver that every system has: io_uring may be missing, or forbidden, where this program runs.
pub(super) fn started() -> Result<Runtime, RunError> {
    let mut proactor = ProactorBuilder::new();
    proactor.driver_type(DriverType::Poll);
    let runtime = RuntimeBuilder::new().with_proactor(proactor).build();
    runtime.map_err(|error| RunError::new(format!("compio cannot start: {}", plain(&error))))
}

/// Every case. The waits are bound to their thread, and the spawner is not.
pub(super) fn promises() -> Vec<Promise> {
    let mut promises = harness::promises(|| Compio);
    promises.extend(harness::promises_of_spawner_across_threads(|| Compio));
    promises
}

/// As [`run`], for cases.
#[derive(Debug, Default)]
pub(super) struct Compio;

impl suite::Runtime for Compio {
    type Timer = CompioTimer;
    const CLOCK: Clock = Clock::Real;
    const ALLOWANCES: &'static [Allowance] = &[Allowance::expected_to_fail(
        "host::wake_may_use_the_clock",
        "compio wakes while it holds its RefCell of timers: a waker that polls, resets or drops a wait at once panics; the wakers \
              of its own tasks do not",
    )];

    fn run<F>(&self, case: impl FnOnce(Subject<CompioTimer>) -> F) -> Outcome
    where
        F: Future<Output = Outcome> + 'static,
    {
        suite::Spawns::run_spawning(self, |subject, _| case(subject))
    }
}

impl suite::Spawns for Compio {
    type Spawner = CompioSpawner;

    fn run_spawning<F>(
        &self,
        case: impl FnOnce(Subject<CompioTimer>, CompioSpawner) -> F,
    ) -> Outcome
    where
        F: Future<Output = Outcome> + 'static,
    {
        let case = case(
            Subject { timer: CompioTimer, clock: <Self as suite::Runtime>::CLOCK },
            CompioSpawner,
        );
        started().map_err(|_| Failure::new("compio can start"))?.block_on(case)
    }
}
