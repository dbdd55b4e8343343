//! The suite on timers with slack: of one tick, which changes nothing, and of more, where waits may be late.

use core::pin::Pin;
use core::time::Duration;
use std::process::ExitCode;

use anytempo::{Slack, Timer};
use anytempo_conformance::harness::Harness;
use anytempo_conformance::suite::{Allowance, Clock, Failure, Outcome, Runtime, Subject};
use anytempo_virtual::{Executor, VirtualClock};

/// The virtual clock with a slack of one tick.
struct OneTick;

const SPINS: &str =
    "the case spins until time has passed, and a virtual clock stands still meanwhile";

/// The virtual clock with a slack beyond that of what cases wait for.
struct Wide;

impl Runtime for OneTick {
    type Timer = Slack<VirtualClock>;
    const CLOCK: Clock = Clock::Exact;

    fn run<F>(&self, case: impl FnOnce(Subject<Self::Timer>) -> F) -> Outcome
    where
        F: Future<Output = Outcome> + 'static,
    {
        run(Duration::from_nanos(1), Self::CLOCK, case)
    }
}

impl Runtime for Wide {
    type Timer = Slack<VirtualClock>;
    // Waits are late, as those on a real clock are.
    const CLOCK: Clock = Clock::Real;
    const ALLOWANCES: &'static [Allowance] = &[
        Allowance::not_tried("timer_contract::late_poll_is_ready", SPINS),
        Allowance::not_tried("timeout::busy_future_is_limited", SPINS),
    ];

    fn run<F>(&self, case: impl FnOnce(Subject<Self::Timer>) -> F) -> Outcome
    where
        F: Future<Output = Outcome> + 'static,
    {
        run(Duration::from_millis(20), Self::CLOCK, case)
    }
}

/// A case in a box, so that what runs it is compiled once and not for each case.
type Boxed = Pin<Box<dyn Future<Output = Outcome>>>;

fn run<F>(
    slack: Duration,
    clock: Clock,
    case: impl FnOnce(Subject<Slack<VirtualClock>>) -> F,
) -> Outcome
where
    F: Future<Output = Outcome> + 'static,
{
    let truth = VirtualClock::new();
    let executor = Executor::new(&truth);
    let case: Boxed = Box::pin(case(Subject { timer: truth.slack(slack), clock }));
    executor.block_on(case).unwrap_or_else(|_| Err(Failure::new("something can still happen")))
}

fn main() -> ExitCode {
    Harness::from_args().runtime("one-tick", || OneTick).runtime("wide", || Wide).run()
}
