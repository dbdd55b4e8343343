//! An RTIC application with anytempo, as its author would write it: a pump is regulated at one priority, and a sensor is asked
//! at a higher one.
//!
//! The lower task computes for 6 of each 10 ms, without an await. The limit of the higher one is exact nevertheless. The gate
//! `firmware` runs it on an emulated board, and compares what it prints with `output.txt`.
#![no_std]
#![no_main]

mod plant;

use core::pin::pin;
use core::time::Duration;

use anytempo::stream::FixedRate;
use anytempo::{Timer, close_on_exit, closing, next};
use anytempo_rtic::RticTimer;
use rtic_monotonics::systick::prelude::*;

use crate::plant::{Pump, Sensor};

systick_monotonic!(Mono, 1_000);

const TIMER: RticTimer<Mono> = RticTimer::new();

/// The pressure at which the pump must not run.
const HIGH: u32 = 30;

#[rtic::app(device = lm3s6965, dispatchers = [UART0, UART1])]
mod app {
    use super::*;

    #[shared]
    struct Shared {
        pressure: u32,
    }

    #[local]
    struct Local {}

    #[init]
    fn init(cx: init::Context<'_>) -> (Shared, Local) {
        Mono::start(cx.core.SYST, 25_000_000);
        let is_spawned = regulate::spawn().is_ok() && ask::spawn().is_ok();
        assert!(is_spawned, "each task is spawned once");
        (Shared { pressure: 0 }, Local {})
    }

    /// Looks at the pressure every 10 ms. The pump is switched off however this ends.
    #[task(priority = 1, shared = [pressure])]
    async fn regulate(mut cx: regulate::Context<'_>) {
        let pump = closing(Pump::start(), |pump| pump.stop());
        let Ok(turns) = close_on_exit(pump, async |mut pump| {
            let mut turns = pin!(TIMER.interval(Duration::from_millis(10)).rate(FixedRate));
            let mut count = 0;
            while next(&mut turns).await.is_some() {
                count += 1;
                let pressure = cx.shared.pressure.lock(|pressure| *pressure);
                plant::say(format_args!("turn {count}: the pressure is {pressure}"));
                if pressure >= HIGH {
                    break;
                }
                plant::compute(Duration::from_millis(6));
                pump.set(HIGH - pressure);
            }
            count
        })
        .await;
        plant::say(format_args!("regulated for {turns} turns"));
        plant::end();
    }

    /// Asks the sensor, which has 5 ms to answer.
    #[task(priority = 2, shared = [pressure])]
    async fn ask(mut cx: ask::Context<'_>) {
        let mut sensor = Sensor::new();
        loop {
            match TIMER.timeout(Duration::from_millis(5), sensor.read(TIMER)).await {
                Ok(reading) => cx.shared.pressure.lock(|pressure| *pressure = reading),
                Err(error) => plant::say(format_args!("no reading: {error}")),
            }
            TIMER.sleep(Duration::from_millis(3)).await;
        }
    }
}
