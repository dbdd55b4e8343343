//! What shows only on clocks of one kind: those that count in ticks, and those whose waits can be moved.

#[path = "models/told.rs"]
mod told;

use core::future::pending;
use core::pin::pin;
use core::time::Duration;

use anytempo::stream::{AnyRate, FixedRate};
use anytempo::{StreamTimeExt, Timer, next, range};
use anytempo_virtual::clocks::TickClock;
use anytempo_virtual::{Executor, Instant, VirtualClock};
use told::Told;

const TICK: Duration = Duration::from_millis(1);

fn ticking(truth: &VirtualClock) -> TickClock<Told<false, false>, 1_000_000> {
    TickClock::new(Told::over(truth), Instant::START)
}

const RATES: [AnyRate; 4] =
    [AnyRate::FixedDelay, AnyRate::Spaced, AnyRate::FixedRate, AnyRate::Skip];

/// What a delay of one tick becomes, on a clock of a thousand ticks a second. The README of the adapter for embassy says it.
#[test]
fn a_delay_of_a_tick_takes_two_and_a_fixed_rate_or_a_grid_does_so_once() {
    let truth = VirtualClock::new();
    let timer = ticking(&truth);
    let run = async {
        for (rate, due) in [
            (AnyRate::FixedDelay, [0, 2, 4, 6]),
            (AnyRate::Spaced, [0, 2, 4, 6]),
            (AnyRate::FixedRate, [0, 2, 3, 4]),
            (AnyRate::Skip, [0, 2, 3, 4]),
        ] {
            let start = truth.elapsed();
            let mut items = pin!(range(0..4).pace(&timer, TICK).rate(rate));
            let mut ticks = pin!(timer.interval(TICK).rate(rate));
            for due in due {
                next(&mut items).await;
                assert_eq!(truth.elapsed() - start, TICK * due, "pace, {rate:?}");
            }
            let start = truth.elapsed();
            for due in due {
                next(&mut ticks).await;
                assert_eq!(truth.elapsed() - start, TICK * due, "interval, {rate:?}");
            }
        }
    };
    Executor::new(&truth).block_on(run).unwrap();
}

/// Wherever in a tick a wait begins, what has passed at its end is in truth no less than what was asked for.
#[test]
fn nothing_is_early_at_any_phase_of_a_tick() {
    for phase in [0, 1, 499_999, 500_000, 999_998, 999_999] {
        for delay in [1, 999_999, 1_000_000, 1_000_001, 7_300_000].map(Duration::from_nanos) {
            let truth = VirtualClock::new();
            let timer = ticking(&truth);
            truth.advance(Duration::from_nanos(phase));
            let passed = |since: Duration| truth.elapsed() - since;
            let run = async {
                let start = truth.elapsed();
                timer.sleep(delay).await;
                assert!(passed(start) >= delay, "sleep {delay:?} at {phase}: {:?}", passed(start));
                assert!(passed(start) < delay + TICK * 2, "no more than two ticks are added");

                truth.advance(Duration::from_nanos(phase));
                let start = truth.elapsed();
                assert!(timer.timeout(delay, pending::<()>()).await.is_err());
                assert!(passed(start) >= delay, "timeout {delay:?} at {phase}");

                truth.advance(Duration::from_nanos(phase));
                let mut numbers = pin!(timer.countdown(1, delay));
                next(&mut numbers).await;
                let start = truth.elapsed();
                next(&mut numbers).await;
                assert!(passed(start) >= delay, "countdown {delay:?} at {phase}");

                for rate in RATES {
                    truth.advance(Duration::from_nanos(phase));
                    let mut items = pin!(range(0..4).pace(&timer, delay).rate(rate));
                    let mut before = None;
                    while next(&mut items).await.is_some() {
                        if let Some(before) = before.replace(truth.elapsed()) {
                            assert!(passed(before) >= delay, "{rate:?} {delay:?} at {phase}");
                        }
                    }
                }

                truth.advance(Duration::from_nanos(phase));
                let start = truth.elapsed();
                timer.sleep_until(timer.after(delay)).await;
                assert!(passed(start) >= delay, "until {delay:?} at {phase}");
            };
            Executor::new(&truth).block_on(run).expect("no wait is lost");
            assert!(timer.get_ref().ends() > 0, "the waits were its own");
        }
    }
}

/// A fixed rate has no drift on such a clock: its period is a number of ticks, and its start is the next tick.
#[test]
fn a_fixed_rate_is_a_number_of_ticks() {
    let truth = VirtualClock::new();
    let timer = ticking(&truth);
    let run = async {
        let mut numbers = pin!(timer.countdown(100, Duration::from_micros(2500)).rate(FixedRate));
        while next(&mut numbers).await.is_some() {}
    };
    Executor::new(&truth).block_on(run).expect("no wait is lost");
    assert_eq!(truth.elapsed(), TICK * (1 + 3 * 100));
}

/// A rate can be fixed after the start, where the stream can still be moved: from the next request on.
#[test]
fn a_rate_is_fixed_late() {
    anytempo_virtual::run(async |clock| {
        let mut numbers = clock.countdown(3, TICK * 10);
        assert_eq!(next(&mut numbers).await, Some(3));
        let mut numbers = numbers.rate(FixedRate);
        for (due, number) in [(10, 2), (20, 1)] {
            assert_eq!(next(&mut numbers).await, Some(number));
            assert_eq!(clock.elapsed(), TICK * due);
            clock.sleep(TICK * 4).await;
        }

        let mut items = range(0..3).pace(&clock, TICK * 10);
        assert_eq!(next(&mut items).await, Some(0));
        let mut items = items.rate(FixedRate);
        assert_eq!(next(&mut items).await, Some(1));
        assert_eq!(clock.elapsed(), TICK * 34);
    })
    .expect("no wait is lost");
}
