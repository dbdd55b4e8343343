//! What the crate of a chip would give: a clock for embassy, a lamp, a sensor. Here for boards in an emulator, whose clock is
//! that which their processors have, a thousand times a second.

#[cfg(target_arch = "arm")]
mod cortex_m;
#[cfg(target_arch = "riscv32")]
mod riscv32;

use core::fmt;
use core::panic::PanicInfo;
use core::time::Duration;

use anytempo::Timer;
use embassy_time_driver::TICK_HZ;
use semihosting::{eprintln, println, process};

#[cfg(target_arch = "arm")]
use cortex_m::start_clock;
#[cfg(target_arch = "riscv32")]
use riscv32::start_clock;

/// Starts the clock.
pub fn start() -> (Lamp, Sensor) {
    start_clock();
    (Lamp, Sensor { readings: 0 })
}

/// How far the counter of a board goes in a tick.
const COUNTS: u32 = match u32::from_str_radix(env!("CLOCK_MHZ"), 10) {
    Ok(mhz) => mhz * 1_000_000 / TICK_HZ as u32,
    Err(_) => panic!("the build script gives a number"),
};

/// Prints a line, after the time in milliseconds.
pub fn say(line: fmt::Arguments<'_>) {
    println!("{:5} {line}", embassy_time_driver::now());
}

/// Ends the emulator.
pub fn stop() -> ! {
    process::exit(0)
}

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    eprintln!("{info}");
    process::exit(1)
}

/// A lamp, or what would be a pin.
pub struct Lamp;

impl Lamp {
    /// Switches it.
    pub fn set(&mut self, on: bool) {
        say(format_args!("the lamp is {}", if on { "on" } else { "off" }));
    }
}

/// A sensor that becomes slow.
pub struct Sensor {
    readings: u32,
}

impl Sensor {
    /// Takes 4 ms longer each time.
    pub async fn read(&mut self, timer: impl Timer) -> u32 {
        self.readings += 1;
        timer.sleep(Duration::from_millis(4) * self.readings).await;
        20 + self.readings
    }

    /// Takes a while, too.
    pub async fn power_down(&mut self, timer: impl Timer) {
        timer.sleep(Duration::from_millis(5)).await;
        say(format_args!("the sensor is powered down"));
    }

    /// For when there is no time for that.
    pub fn cut_off(self) {
        say(format_args!("the sensor is cut off"));
    }
}
