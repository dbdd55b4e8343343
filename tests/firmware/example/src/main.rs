//! Firmware with anytempo, as its author would write it: a lamp that blinks, a countdown, and a sensor that is switched off
//! however the work with it ends.
//!
//! `board.rs` is what the crate of a chip (`embassy-nrf`, `embassy-stm32`, ...) would give; nothing in this file knows that the
//! board is emulated. The gate `firmware` runs it on each board, and compares what it prints with `output.txt`.
#![no_std]
#![no_main]

mod board;

use core::fmt::Display;
use core::pin::pin;
use core::time::Duration;

use anytempo::stream::FixedRate;
use anytempo::{Elapsed, StreamTimeExt, Timer, closing_async, next, range, try_close_on_exit};
use anytempo_embassy::EmbassyTimer;
use embassy_executor::Spawner;

use crate::board::{Lamp, Sensor};

#[embassy_executor::main]
async fn main(spawner: Spawner) {
    let (lamp, sensor) = board::start();
    spawner.spawn(blink(lamp).unwrap());

    let mut numbers = pin!(EmbassyTimer.countdown(2, Duration::from_millis(500)).rate(FixedRate));
    while let Some(number) = next(&mut numbers).await {
        board::say(format_args!("{number}"));
    }

    match measure(sensor).await {
        Ok(sum) => board::say(format_args!("the sum is {sum}")),
        Err(error) => board::say(format_args!("no sum: {error}")),
    }
    board::stop();
}

/// Blinks for ever, without drift.
#[embassy_executor::task]
async fn blink(mut lamp: Lamp) {
    let mut turns = pin!(range(0..).pace(EmbassyTimer, Duration::from_millis(400)).rate(FixedRate));
    while let Some(turn) = next(&mut turns).await {
        lamp.set(turn % 2 == 0);
    }
}

/// Sums up three readings, each of which has to come in time.
///
/// The sensor is powered down in the end, also if one does not. If this future itself is dropped, it is cut off.
async fn measure(sensor: Sensor) -> Result<u32, impl Display> {
    let sensor = closing_async(
        sensor,
        async |mut sensor| sensor.power_down(EmbassyTimer).await,
        Sensor::cut_off,
    );
    try_close_on_exit(sensor, async |mut sensor| {
        let mut turns = pin!(range(0..3).pace(EmbassyTimer, Duration::from_millis(150)));
        let mut sum = 0;
        while next(&mut turns).await.is_some() {
            let reading = sensor.read(EmbassyTimer);
            let reading = EmbassyTimer.timeout(Duration::from_millis(10), reading).await?;
            board::say(format_args!("the sensor reads {reading}"));
            sum += reading;
        }
        Ok::<u32, Elapsed>(sum)
    })
    .await
}
