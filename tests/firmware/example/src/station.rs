//! A driver of the registry, with limits, on a board: the station of `examples/driver`, as its tests run it on virtual time.
//!
//! The sensor is simulated, and refuses what comes too soon. The gate `firmware` compares what this prints with `station.txt`.
#![no_std]
#![no_main]

#[expect(dead_code, reason = "there is no lamp here, and another sensor")]
mod board;

use core::time::Duration;

use anytempo_embassy::EmbassyTimer;
use anytempo_example_driver::simulated::{Scd4x, Trouble};
use anytempo_example_driver::station::measure;
use embassy_executor::Spawner;

#[embassy_executor::main]
async fn main(_spawner: Spawner) {
    board::start();
    // It has a value, and then none any more.
    let period = Duration::from_millis(200);
    let mut sensor = Scd4x::new(EmbassyTimer, Trouble::OneValue).every(period);
    let report = |ppm| board::say(format_args!("{ppm} ppm"));
    let ended = measure(&mut sensor, EmbassyTimer, 2, Duration::from_millis(300), report).await;
    board::say(format_args!("{ended:?}, and the sensor is on: {}", sensor.is_on()));
    board::stop();
}
