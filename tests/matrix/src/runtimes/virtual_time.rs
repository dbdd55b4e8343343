use core::ops::ControlFlow;
use core::time::Duration;
use std::io;

use anytempo::Timer;
use anytempo_virtual::{Deadlock, Executor, SendSpawner, Spawner, VirtualClock};

use crate::programs;
use crate::programs::host::{Command, Pool};
use crate::runtimes::threads::counting;
use crate::runtimes::{Boxed, RunError, SharedSink};
use anytempo_conformance::suite::{self, Clock, Failure, Outcome, Subject};

/// On the thread of the caller, in simulated time.
pub(super) fn run(command: Command, sink: SharedSink) -> Result<(), RunError> {
    let clock = VirtualClock::new();
    let executor = Executor::new(&clock);
    let pool = TaskPool { clock: clock.clone(), spawner: executor.spawner() };
    counting(command, pool, |command| {
        executor.block_on(programs::run(clock, command, sink)).map_err(|it| stuck(&it))
    })
}

pub(super) fn stuck(deadlock: &Deadlock) -> RunError {
    let at = deadlock.at();
    RunError::new(format!("the program waits for ever: after {at} nothing is due any more"))
}

/// As [`run`], for cases.
#[derive(Debug)]
pub(super) struct Virtual;

impl suite::Runtime for Virtual {
    type Timer = VirtualClock;
    const CLOCK: Clock = Clock::Exact;

    fn run<F>(&self, case: impl FnOnce(Subject<VirtualClock>) -> F) -> Outcome
    where
        F: Future<Output = Outcome> + 'static,
    {
        suite::Spawns::run_spawning(self, |subject, _| case(subject))
    }
}

impl suite::Spawns for Virtual {
    type Spawner = SendSpawner;

    fn run_spawning<F>(&self, case: impl FnOnce(Subject<VirtualClock>, SendSpawner) -> F) -> Outcome
    where
        F: Future<Output = Outcome> + 'static,
    {
        let timer = VirtualClock::new();
        let executor = Executor::new(&timer);
        let subject = Subject { timer, clock: <Self as suite::Runtime>::CLOCK };
        let case: Boxed = Box::pin(case(subject, executor.send_spawner()));
        let ended = executor.block_on(case);
        ended.unwrap_or_else(|_deadlock| Err(Failure::new("something is due, as long as it waits")))
    }
}

/// Tasks of the executor. They block it, and so the same program gives the same events in every run.
struct TaskPool {
    clock: VirtualClock,
    spawner: Spawner,
}

impl Pool for TaskPool {
    fn parallelism(&self) -> usize {
        1
    }

    fn holds_up(&self) -> bool {
        true
    }

    fn start(&self, mut work: impl FnMut() -> ControlFlow<()> + Send + 'static) -> io::Result<()> {
        let clock = self.clock.clone();
        self.spawner.spawn(async move {
            while work().is_continue() {
                // The task that waits for the work gets a turn.
                clock.sleep(Duration::ZERO).await;
            }
        });
        Ok(())
    }
}
