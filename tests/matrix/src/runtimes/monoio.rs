use ::monoio::time::TimeDriver;
use ::monoio::{LegacyDriver, Runtime, RuntimeBuilder};
use anytempo::future::Sleep;
use anytempo_monoio::{MonoioSpawner, MonoioTimer, with_spawner};

use crate::bench::{self, Job, Sample};
use crate::programs;
use crate::programs::host::Command;
use crate::runtimes::by_hand;
use crate::runtimes::threads::{ThreadPool, counting};
use crate::runtimes::{RunError, SharedSink};
use crate::words::plain;
use anytempo_conformance::harness::{self, Promise};
use anytempo_conformance::suite::{self, Allowance, Clock, Failure, Outcome, Subject};

/// On the thread of the caller.
pub(super) fn run(command: Command, sink: SharedSink) -> Result<(), RunError> {
    let mut runtime = started()?;
    counting(command, ThreadPool, |command| {
        runtime.block_on(programs::run(MonoioTimer, command, sink));
        Ok(())
    })
}

/// A runtime with the driver that every system has: io_uring may be missing, or forbidden, where this program runs.
pub(super) fn started() -> Result<Runtime<TimeDriver<LegacyDriver>>, RunError> {
    let runtime = RuntimeBuilder::<LegacyDriver>::new().enable_timer().build();
    runtime.map_err(|error| RunError::new(format!("monoio cannot start: {}", plain(&error))))
}

/// Every case. The waits and the spawner are bound to their thread.
pub(super) fn promises() -> Vec<Promise> {
    let mut promises = harness::promises(|| Monoio);
    promises.extend(harness::promises_of_spawner(|| Monoio));
    promises
}

pub(super) fn measure(job: &Job) -> Result<Sample, RunError> {
    bench::measure::<by_hand::Monoio>(job)
}

/// What this system lacks to run it: nothing.
pub(super) const LACK: Option<&str> = None;

pub(super) const SLEEP_BYTES: Option<usize> = Some(size_of::<Sleep<MonoioTimer>>());

/// As [`run`], for cases.
#[derive(Debug, Default)]
pub(super) struct Monoio;

impl suite::Runtime for Monoio {
    type Timer = MonoioTimer;
    const CLOCK: Clock = Clock::Real;
    const ALLOWANCES: &'static [Allowance] = &[Allowance::not_tried(
        "host::wake_may_use_the_clock",
        "monoio wakes while it holds its RefCell of timers: a waker that polls, resets or drops a wait at once aborts the process; \
              the wakers of its own tasks do not",
    )];

    fn run<F>(&self, case: impl FnOnce(Subject<MonoioTimer>) -> F) -> Outcome
    where
        F: Future<Output = Outcome> + 'static,
    {
        let case = case(Subject { timer: MonoioTimer, clock: Self::CLOCK });
        started().map_err(|_| Failure::new("monoio can start"))?.block_on(case)
    }
}

impl suite::Spawns for Monoio {
    type Spawner = MonoioSpawner;

    fn run_spawning<F>(
        &self,
        case: impl FnOnce(Subject<MonoioTimer>, MonoioSpawner) -> F,
    ) -> Outcome
    where
        F: Future<Output = Outcome> + 'static,
    {
        let subject = Subject { timer: MonoioTimer, clock: <Self as suite::Runtime>::CLOCK };
        let case = with_spawner(|spawner| case(subject, spawner));
        started().map_err(|_| Failure::new("monoio can start"))?.block_on(case)
    }
}
