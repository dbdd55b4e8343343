//! The delays themselves: exact on virtual time, and never early on clocks that count in ticks.

use core::future::Future;
use core::pin::pin;
use core::task::{Context, Poll, Waker};
use core::time::Duration;

use anytempo::Timer;
use anytempo_embedded_hal::{BlockingDelay, Delay};
use anytempo_virtual::clocks::{CostClock, TickClock};
use anytempo_virtual::{Instant, VirtualClock, run};
use embedded_hal_async::delay::DelayNs;

/// What a driver may ask for, in any unit.
const COUNTS: [u32; 8] = [0, 1, 999, 1_000, 1_001, 999_999_999, u32::MAX - 1, u32::MAX];

#[derive(Clone, Copy, Debug)]
enum Unit {
    Nanos,
    Micros,
    Millis,
}

const UNITS: [Unit; 3] = [Unit::Nanos, Unit::Micros, Unit::Millis];

impl Unit {
    fn span(self, count: u32) -> Duration {
        let nanos = match self {
            Self::Nanos => 1,
            Self::Micros => 1_000,
            Self::Millis => 1_000_000,
        };
        Duration::from_nanos(u64::from(count) * nanos)
    }

    async fn delay(self, delay: &mut impl DelayNs, count: u32) {
        match self {
            Self::Nanos => delay.delay_ns(count).await,
            Self::Micros => delay.delay_us(count).await,
            Self::Millis => delay.delay_ms(count).await,
        }
    }

    fn block(self, delay: &mut impl embedded_hal::delay::DelayNs, count: u32) {
        match self {
            Self::Nanos => delay.delay_ns(count),
            Self::Micros => delay.delay_us(count),
            Self::Millis => delay.delay_ms(count),
        }
    }
}

#[test]
fn each_unit_is_exact_up_to_its_last_value() {
    run(async |sim| {
        for unit in UNITS {
            for count in COUNTS {
                let start = sim.now();
                unit.delay(&mut Delay::new(sim.clock()), count).await;
                assert_eq!(sim.clock().elapsed_since(start), unit.span(count), "{unit:?} {count}");
            }
        }
    })
    .unwrap();
}

#[test]
fn the_longest_delay_is_one_wait() {
    let clock = VirtualClock::new();
    let mut delay = Delay::new(&clock);
    let mut wait = pin!(delay.delay_ms(u32::MAX));
    let mut cx = Context::from_waker(Waker::noop());
    assert_eq!(wait.as_mut().poll(&mut cx), Poll::Pending);
    assert_eq!(clock.pending().len(), 1);
    clock.advance(Duration::from_millis(u32::MAX.into()));
    assert_eq!(wait.as_mut().poll(&mut cx), Poll::Ready(()));
}

#[test]
fn no_delay_is_early_in_any_phase_of_a_tick() {
    // As on a board with 1000 ticks a second.
    const TICK: Duration = Duration::from_millis(1);
    for phase in (0..1_000).step_by(37).map(Duration::from_micros) {
        run(async |sim| {
            let clock = TickClock::<_, 1_000_000>::new(sim.clock().clone(), Instant::START);
            for (unit, count) in UNITS.into_iter().zip([1, 1_001, 3]) {
                sim.advance(phase);
                let start = sim.now();
                unit.delay(&mut Delay::new(&clock), count).await;
                let took = sim.clock().elapsed_since(start);
                assert!(took >= unit.span(count), "{unit:?} {count}: {took:?}");
                assert!(took <= unit.span(count) + TICK * 2, "{unit:?} {count}: {took:?}");
            }
        })
        .unwrap();
    }
}

#[test]
fn a_blocking_delay_ends_at_the_first_reading_at_which_it_is_over() {
    let beneath = VirtualClock::new();
    let clock = CostClock::new(&beneath).per_read(Duration::from_micros(3));
    for (unit, count) in UNITS.into_iter().zip([10_000, 10, 10]) {
        let start = beneath.now();
        unit.block(&mut BlockingDelay::new(&clock, core::hint::spin_loop), count);
        // It reads once to set its deadline, and the last reading takes its time too.
        let took = beneath.elapsed_since(start);
        assert!(took >= unit.span(count), "{unit:?} {count}: {took:?}");
        assert!(took <= unit.span(count) + Duration::from_micros(6), "{unit:?} {count}: {took:?}");
    }
}

#[test]
fn a_blocking_delay_is_exact_up_to_its_last_value() {
    let clock = VirtualClock::new();
    for unit in UNITS {
        for count in COUNTS {
            let start = clock.now();
            let to_the_end = || clock.advance(unit.span(count));
            unit.block(&mut BlockingDelay::new(&clock, to_the_end), count);
            assert_eq!(clock.elapsed_since(start), unit.span(count), "{unit:?} {count}");
        }
    }
}

/// The time since an instant, as the inherent `elapsed` of the virtual clock counts from its start.
trait Since {
    fn elapsed_since(&self, start: Instant) -> Duration;
}

impl Since for VirtualClock {
    fn elapsed_since(&self, start: Instant) -> Duration {
        Timer::elapsed(self, start)
    }
}
