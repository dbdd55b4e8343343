//! Every case of the suite on every runtime, each a test of its own: `tokio::sleep::never_early`.

use std::process::ExitCode;

use anytempo_matrix::harness::Harness;
use anytempo_matrix::runtimes::RUNTIMES;
use anytempo_matrix::suite::{Clock, Failure, Outcome, Runtime, Subject};
use anytempo_tokio::TokioTimer;

fn main() -> ExitCode {
    RUNTIMES
        .iter()
        .fold(Harness::from_args(), |all, runtime| all.promises(runtime.name, runtime.promises()))
        .runtime_across_threads("tokio-paused", || Paused)
        .run()
}

/// tokio with its own clock for tests, on which no program runs.
struct Paused;

impl Runtime for Paused {
    type Timer = TokioTimer;
    const CLOCK: Clock = Clock::Steady;

    fn run<F>(&self, case: impl FnOnce(Subject<TokioTimer>) -> F) -> Outcome
    where
        F: Future<Output = Outcome> + 'static,
    {
        let case = case(Subject { timer: TokioTimer, clock: Self::CLOCK });
        let mut builder = tokio::runtime::Builder::new_current_thread();
        match builder.enable_time().start_paused(true).build() {
            Ok(runtime) => runtime.block_on(case),
            Err(_) => Err(Failure::new("tokio can start")),
        }
    }
}
