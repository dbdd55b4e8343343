//! Every case on every runtime of the host whose clock is real, with a slack of one tick, which changes nothing:
//! `tokio::sleep::never_early`.
//!
//! The virtual clock with slack is in the tests of the kit.

use core::future::Future;
use core::pin::Pin;
use core::time::Duration;
use std::collections::BTreeSet;
use std::process::ExitCode;

use anytempo::{Slack, Timer};
use anytempo_conformance::harness::Harness;
use anytempo_conformance::suite::{Allowance, Clock, Outcome, Runtime, Subject};
use anytempo_matrix::runtimes::{RUNTIMES, Visit, visit_real};

/// A runtime, and its timer with a slack of one tick.
struct OneTick<R>(R);

/// A case in a box, so that what starts a runtime is compiled once and not for each case.
type Boxed = Pin<Box<dyn Future<Output = Outcome>>>;

impl<R: Runtime> Runtime for OneTick<R> {
    type Timer = Slack<R::Timer>;
    const CLOCK: Clock = R::CLOCK;
    const PARALLEL: bool = R::PARALLEL;
    const ALLOWANCES: &'static [Allowance] = R::ALLOWANCES;

    fn run<F>(&self, case: impl FnOnce(Subject<Self::Timer>) -> F) -> Outcome
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

fn boxed<R: Runtime>(
    runtime: &R,
    case: &mut dyn FnMut(Subject<Slack<R::Timer>>) -> Boxed,
) -> Outcome {
    runtime.run(|Subject { timer, clock }| {
        // Less than a tick is rounded up.
        case(Subject { timer: timer.slack(Duration::from_nanos(1)), clock })
    })
}

/// The tests, and the runtimes that have them.
struct Tests {
    harness: Option<Harness>,
    names: Vec<&'static str>,
}

impl Visit for Tests {
    fn visit<R: Runtime + Default + 'static>(&mut self, name: &'static str) {
        let add = |harness: Harness| harness.runtime(name, || OneTick(R::default()));
        self.harness = self.harness.take().map(add);
        self.names.push(name);
    }
}

fn main() -> ExitCode {
    let mut tests = Tests { harness: Some(Harness::from_args().at_once(16)), names: Vec::new() };
    visit_real(&mut tests);
    let real = RUNTIMES.iter().filter(|it| !it.exact && !it.is_board()).map(|it| it.name);
    let real: BTreeSet<_> = real.collect();
    assert_eq!(real, tests.names.into_iter().collect(), "a runtime is left out");
    tests.harness.map_or(ExitCode::FAILURE, Harness::run)
}
