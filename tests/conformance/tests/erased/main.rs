//! Timers behind a pointer: the whole suite over each kind of clock, what is exact on clocks that count in ticks, and what is
//! allocated. Over runtimes whose clock is real, the suite is in the tests of the matrix.

mod allocations;
mod hz;
mod instants;
mod ticks;

use core::time::Duration;

use anytempo::{DynTimer, LocalDynTimer, Timer};
use anytempo_conformance::harness::{Promise, Verdict, promises, promises_across_threads};
use anytempo_conformance::suite::{Allowance, Clock, Failure, Outcome, Runtime, Subject};
use anytempo_virtual::clocks::{CostClock, DriftClock, StepClock, TickClock};
use anytempo_virtual::{Executor, Instant, VirtualClock};

use crate::hz::HzClock;

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
    ($($Name:ident, $test:ident, $promises:ident: $Timer:ty, $clock:ident, $allowances:expr, $over:expr;)+) => {$(
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

        #[test]
        fn $test() {
            every_promise_is_kept($promises(|| $Name));
        }
    )+};
}

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
    let case = case(Subject { timer: over(truth), clock });
    executor.block_on(case).unwrap_or_else(|_| Err(Failure::new("something can still happen")))
}

fn every_promise_is_kept(promises: Vec<Promise>) {
    assert!(promises.len() > 200, "{}", promises.len());
    for promise in promises {
        let tried = promise.tried("here");
        let is_broken = matches!(tried.verdict, Verdict::Broken(_));
        assert!(!is_broken, "{}::{}: {:?}", promise.group, promise.name, tried.verdict);
    }
}

runtimes! {
    Virtual, over_the_virtual_clock, promises_across_threads: DynTimer, Exact, &[], DynTimer::new;
    Local, on_one_thread, promises: LocalDynTimer, Exact, &[], LocalDynTimer::new;
    Millis, over_ticks_of_a_millisecond, promises_across_threads: DynTimer, Real, STANDS_STILL, |truth| {
        DynTimer::new(TickClock::<_, 1_000_000>::new(truth, Instant::START))
    };
    Hz, over_ticks_of_no_whole_nanoseconds, promises: LocalDynTimer, Real, STANDS_STILL, |truth| {
        LocalDynTimer::new(HzClock::<32_768>(truth))
    };
    Giga, over_ticks_below_a_nanosecond, promises: LocalDynTimer, Real, STANDS_STILL, |truth| {
        LocalDynTimer::new(HzClock::<5_242_880_000>(truth))
    };
    Slow, over_a_clock_that_drifts, promises_across_threads: DynTimer, Exact, &[], |truth| {
        DynTimer::new(DriftClock::new(truth, Instant::START, -200_000))
    };
    Cost, over_a_clock_that_takes_time, promises_across_threads: DynTimer, Real, &[], |truth| {
        DynTimer::new(CostClock::new(&truth).per_read(US * 70).per_poll(US * 90))
    };
    Steps, over_a_clock_that_steps_back, promises_across_threads: DynTimer, Real, STANDS_STILL, |truth| {
        let steps = (1..40).map(|step| (US * 1700 * step, US * 500));
        DynTimer::new(StepClock::new(truth, Instant::START, steps))
    };
    Nested, over_another, promises_across_threads: DynTimer, Real, STANDS_STILL, |truth| {
        DynTimer::new(DynTimer::new(TickClock::<_, 30_518>::new(truth, Instant::START)))
    };
}
