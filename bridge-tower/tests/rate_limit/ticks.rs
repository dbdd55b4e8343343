use core::time::Duration;

use anytempo::Timer;
use anytempo_tower::RateLimit;
use anytempo_tower::limit::rate::Rate;
use anytempo_virtual::clocks::TickClock;
use anytempo_virtual::{Instant, run};
use tower_service::Service;

use crate::Clock;

const TICK: Duration = Duration::from_millis(1);
const PERIOD: Duration = Duration::from_millis(10);

/// The real times of ten calls, each as early as it can be, on a clock that counts in ticks. The first comes inside a tick.
fn times(rate: Rate) -> Vec<Duration> {
    let mut times = vec![];
    run(async |sim| {
        let ticks = TickClock::<_, 1_000_000>::new(sim.clock().clone(), Instant::START);
        sim.sleep(Duration::from_micros(700)).await;
        let mut service = RateLimit::new(Clock(sim.clock().clone()), ticks, rate);
        for _ in 0..10 {
            let Ok(()) = core::future::poll_fn(|cx| service.poll_ready(cx)).await;
            let Ok(time) = service.call(()).await;
            times.push(time);
        }
    })
    .unwrap();
    times
}

#[test]
fn a_window_is_never_short() {
    let times = times(Rate::new(2, PERIOD));
    for (index, time) in times.iter().enumerate().skip(2) {
        let passed = *time - times[index - 2];
        assert!(passed >= PERIOD && passed <= PERIOD + TICK * 2, "{passed:?} in {times:?}");
    }
}

/// The first reading may be old by a tick. The tokens after it do not drift.
#[test]
fn a_bucket_keeps_its_rate() {
    let times = times(Rate::token_bucket(1, PERIOD));
    for (count, time) in (0..).zip(&times) {
        let passed = *time - times[0] + TICK;
        assert!(passed >= PERIOD * count && passed <= PERIOD * count + TICK, "{times:?}");
    }
}

/// Ten tokens a tick come ten at a time.
#[test]
fn a_bucket_can_be_faster_than_the_clock() {
    let times = times(Rate::token_bucket(3, TICK / 10));
    assert!(times[9] - times[0] <= TICK * 3, "{times:?}");
}
