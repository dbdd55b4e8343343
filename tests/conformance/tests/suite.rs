//! The suite on the simulated clock: what an adapter crate has as its test, with nothing left out.

use std::process::ExitCode;

use anytempo_conformance::harness::Harness;
use anytempo_conformance::suite::{Clock, Failure, Outcome, Runtime, Spawns, Subject};
use anytempo_virtual::{Executor, SendSpawner, VirtualClock};

struct Virtual;

impl Runtime for Virtual {
    type Timer = VirtualClock;
    const CLOCK: Clock = Clock::Exact;

    fn run<F>(&self, case: impl FnOnce(Subject<VirtualClock>) -> F) -> Outcome
    where
        F: Future<Output = Outcome> + 'static,
    {
        self.run_spawning(|subject, _| case(subject))
    }
}

impl Spawns for Virtual {
    type Spawner = SendSpawner;

    fn run_spawning<F>(&self, case: impl FnOnce(Subject<VirtualClock>, SendSpawner) -> F) -> Outcome
    where
        F: Future<Output = Outcome> + 'static,
    {
        let timer = VirtualClock::new();
        let executor = Executor::new(&timer);
        // Called here, where the executor has not been entered yet.
        let case = case(Subject { timer, clock: Self::CLOCK }, executor.send_spawner());
        executor.block_on(case).unwrap_or_else(|_| Err(Failure::new("something can still happen")))
    }
}

fn main() -> ExitCode {
    let harness = Harness::from_args().runtime_across_threads("virtual", || Virtual);
    harness.spawner_across_threads("virtual", || Virtual).run()
}
