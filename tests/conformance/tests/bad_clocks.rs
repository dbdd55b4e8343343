//! The suite on clocks that are as bad as real ones, each over a virtual clock, and on several of them over one another.

use core::pin::Pin;
use core::time::Duration;
use std::process::ExitCode;

use anytempo::Timer;
use anytempo_conformance::harness::Harness;
use anytempo_conformance::suite::{Allowance, Clock, Failure, Outcome, Runtime, Subject};
use anytempo_virtual::clocks::{CostClock, DriftClock, JitterClock, StepClock, Tick, TickClock};
use anytempo_virtual::{Executor, Instant, VirtualClock};

const US: Duration = Duration::from_micros(1);

const SPINS: &str =
    "the case spins until time has passed, and a virtual clock stands still meanwhile";

/// What a virtual clock cannot do where the suite takes it for a real one.
const STANDS_STILL: &[Allowance] = &[
    Allowance::not_tried("timer_contract::late_poll_is_ready", SPINS),
    Allowance::not_tried("timeout::busy_future_is_limited", SPINS),
];

/// A runtime for each clock: how it is made, how the suite sees it, and what it is excused from.
macro_rules! runtimes {
    ($($Name:ident: $Timer:ty, $clock:ident, $allowances:expr, $over:expr;)+) => {$(
        struct $Name;

        impl Runtime for $Name {
            type Timer = $Timer;
            const CLOCK: Clock = Clock::$clock;
            const ALLOWANCES: &'static [Allowance] = $allowances;

            fn run<F>(&self, case: impl FnOnce(Subject<Self::Timer>) -> F) -> Outcome
            where
                F: Future<Output = Outcome> + 'static,
            {
                let over: fn(VirtualClock) -> $Timer = $over;
                run(over, Self::CLOCK, case)
            }
        }
    )+};
}

/// A case in a box, so that what runs it is compiled once and not for each case.
type Boxed = Pin<Box<dyn Future<Output = Outcome>>>;

fn run<T: Timer, F>(
    over: fn(VirtualClock) -> T,
    clock: Clock,
    case: impl FnOnce(Subject<T>) -> F,
) -> Outcome
where
    F: Future<Output = Outcome> + 'static,
{
    let truth = VirtualClock::new();
    let executor = Executor::new(&truth);
    // Anywhere within a tick.
    truth.advance(US * 300);
    let case: Boxed = Box::pin(case(Subject { timer: over(truth), clock }));
    executor.block_on(case).unwrap_or_else(|_| Err(Failure::new("something can still happen")))
}

type Micros = TickClock<VirtualClock, 1000>;
type Late = JitterClock<VirtualClock>;

runtimes! {
    Ticks: TickClock<VirtualClock, 1_000_000>, Real, STANDS_STILL, |truth| {
        TickClock::new(truth, Instant::START)
    };
    Jitter: Late, Real, STANDS_STILL, |truth| JitterClock::new(truth, 17, US * 9000);
    Fast: DriftClock<VirtualClock>, Steady, &[], |truth| {
        DriftClock::new(truth, Instant::START, 200_000).ahead(US)
    };
    Slow: DriftClock<VirtualClock>, Exact, &[], |truth| {
        DriftClock::new(truth, Instant::START, -200_000)
    };
    Cost: CostClock, Real, &[], |truth| CostClock::new(&truth).per_read(US * 70).per_poll(US * 90);
    Steps: StepClock<VirtualClock>, Real, STANDS_STILL, |truth| {
        let steps = (1..40).map(|step| (US * 1700 * step, US * 500));
        StepClock::new(truth, Instant::START, steps)
    };
    All: TickClock<DriftClock<Late>, 30_518>, Real, STANDS_STILL, |truth| {
        let late = JitterClock::new(truth, 18, US * 5000);
        TickClock::new(DriftClock::new(late, Instant::START, -50_000_000), Instant::START)
    };
    OverTicks: StepClock<DriftClock<JitterClock<Micros>>>, Real, STANDS_STILL, |truth| {
        let late = JitterClock::new(TickClock::new(truth, Instant::START), 19, US * 3000);
        let fast = DriftClock::new(late, Tick::at(150), 70_000_000);
        StepClock::new(fast, Instant::START, [(US * 9000, US * 2000)])
    };
}

fn main() -> ExitCode {
    let harness = Harness::from_args().runtime("ticks", || Ticks).runtime("jitter", || Jitter);
    let harness = harness.runtime("fast", || Fast).runtime("slow", || Slow);
    harness
        .runtime("cost", || Cost)
        .runtime("steps", || Steps)
        .runtime("all", || All)
        .runtime("over-ticks", || OverTicks)
        .run()
}
