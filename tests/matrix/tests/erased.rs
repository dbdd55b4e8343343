//! Every case on `DynTimer` over two runtimes whose clock is real, one of them with ticks: `tokio::sleep::never_early`.
//!
//! Virtual clocks behind a pointer are in the tests of the kit.

use core::future::Future;
use core::pin::Pin;
use std::process::ExitCode;

use anytempo::{DynTimer, SendTimer};
use anytempo_conformance::harness::Harness;
use anytempo_conformance::suite::{Allowance, Clock, Outcome, Runtime, Subject};
use anytempo_matrix::runtimes::{VisitSend, visit_kinds};

/// A runtime, and its timer behind a pointer.
struct Erased<R>(R);

/// A case in a box, so that what starts a runtime is compiled once and not for each case.
type Boxed = Pin<Box<dyn Future<Output = Outcome>>>;

impl<R: Runtime<Timer: SendTimer<Sleep: Sync>>> Runtime for Erased<R> {
    type Timer = DynTimer;
    const CLOCK: Clock = R::CLOCK;
    const PARALLEL: bool = R::PARALLEL;
    const ALLOWANCES: &'static [Allowance] = R::ALLOWANCES;

    fn run<F>(&self, case: impl FnOnce(Subject<DynTimer>) -> F) -> Outcome
    where
        F: Future<Output = Outcome> + 'static,
    {
        let mut case = Some(case);
        boxed(&self.0, &mut |subject| match case.take() {
            Some(case) => Box::pin(case(subject)),
            None => unreachable!("a runtime calls it once"),
        })
    }
}

fn boxed<R: Runtime<Timer: SendTimer<Sleep: Sync>>>(
    runtime: &R,
    case: &mut dyn FnMut(Subject<DynTimer>) -> Boxed,
) -> Outcome {
    runtime.run(|Subject { timer, clock }| case(Subject { timer: DynTimer::new(timer), clock }))
}

/// The tests.
struct Tests(Option<Harness>);

impl VisitSend for Tests {
    fn visit<R>(&mut self, name: &'static str)
    where
        R: Runtime<Timer: SendTimer<Sleep: Sync>> + Default + 'static,
    {
        let add = |harness: Harness| harness.runtime_across_threads(name, || Erased(R::default()));
        self.0 = self.0.take().map(add);
    }
}

fn main() -> ExitCode {
    let mut tests = Tests(Some(Harness::from_args().at_once(16)));
    visit_kinds(&mut tests);
    tests.0.map_or(ExitCode::FAILURE, Harness::run)
}
