//! Clocks that count in ticks: nothing is early in true time.

use core::future::poll_fn;
use core::time::Duration;

use anytempo_quinn::SpawnRuntime;
use anytempo_virtual::clocks::TickClock;
use anytempo_virtual::{Instant, run};
use quinn::Runtime;

const TICK: u64 = 1_000;

/// How long a timer takes in true time, set `phase` into a tick, by a reset or when it is made.
fn wait(delay: Duration, phase: u64, by_reset: bool) -> Duration {
    let waited = run(async |sim| {
        let clock = TickClock::<_, TICK>::new(sim.clock().clone(), Instant::START);
        let runtime = SpawnRuntime::new(sim.send_spawner(), clock);
        sim.advance(Duration::from_nanos(5 * TICK + phase));
        let begin = sim.elapsed();
        let deadline = runtime.now() + delay;
        let mut timer = if by_reset {
            let mut timer = runtime.new_timer(runtime.now());
            timer.as_mut().reset(deadline);
            timer
        } else {
            runtime.new_timer(deadline)
        };
        poll_fn(|cx| timer.as_mut().poll(cx)).await;
        assert!(runtime.now() >= deadline);
        sim.elapsed() - begin
    });
    waited.expect("every wait has an end")
}

#[test]
fn nothing_is_early() {
    for phase in [0, 1, 499, 500, 501, 998, 999] {
        for delay in [1, 999, 1_000, 1_001, 2_500, 10_000].map(Duration::from_nanos) {
            for by_reset in [false, true] {
                let took = wait(delay, phase, by_reset);
                let most = delay + Duration::from_nanos(2 * TICK);
                assert!(delay <= took && took < most, "{took:?} for {delay:?}, {phase} in a tick");
            }
        }
    }
}
