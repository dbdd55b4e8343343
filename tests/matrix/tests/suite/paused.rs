use anytempo_conformance::suite::{Clock, Failure, Outcome, Runtime, Spawns, Subject};
use anytempo_tokio::{TokioSpawner, TokioTimer};

use crate::Boxed;

/// tokio with its own clock for tests, on which no program runs.
pub(crate) struct Paused;

impl Runtime for Paused {
    type Timer = TokioTimer;
    const CLOCK: Clock = Clock::Steady;

    fn run<F>(&self, case: impl FnOnce(Subject<TokioTimer>) -> F) -> Outcome
    where
        F: Future<Output = Outcome> + 'static,
    {
        let case: Boxed = Box::pin(case(Subject { timer: TokioTimer, clock: Self::CLOCK }));
        let mut builder = tokio::runtime::Builder::new_current_thread();
        match builder.enable_time().start_paused(true).build() {
            Ok(runtime) => runtime.block_on(case),
            Err(_) => Err(Failure::new("tokio can start")),
        }
    }
}

impl Spawns for Paused {
    type Spawner = TokioSpawner;

    fn run_spawning<F>(&self, case: impl FnOnce(Subject<TokioTimer>, TokioSpawner) -> F) -> Outcome
    where
        F: Future<Output = Outcome> + 'static,
    {
        self.run(|subject| case(subject, TokioSpawner::default()))
    }
}
