//! What would be hardware: a pump, a sensor, work for the processor, and a host that reads what is printed.

use core::fmt;
use core::panic::PanicInfo;
use core::time::Duration;

use anytempo::Timer;
use rtic_monotonics::Timebase;
use semihosting::{eprintln, println, process};

use crate::{Mono, TIMER};

/// Prints a line, after the time in milliseconds. No task of a higher priority prints within it.
pub fn say(line: fmt::Arguments<'_>) {
    critical_section::with(|_| println!("{:5} {line}", Mono::now().as_ticks()));
}

/// Ends the emulator.
pub fn end() -> ! {
    process::exit(0)
}

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    eprintln!("{info}");
    process::exit(1)
}

/// Keeps the processor busy.
pub fn compute(span: Duration) {
    let begin = TIMER.now();
    while TIMER.elapsed(begin) < span {}
}

pub struct Pump;

impl Pump {
    pub fn start() -> Self {
        say(format_args!("the pump runs"));
        Self
    }

    pub fn set(&mut self, power: u32) {
        say(format_args!("the power is {power}"));
    }

    pub fn stop(self) {
        say(format_args!("the pump is off"));
    }
}

/// A sensor that takes longer each time, until it is fast again.
pub struct Sensor {
    readings: u32,
}

impl Sensor {
    pub fn new() -> Self {
        Self { readings: 0 }
    }

    pub async fn read(&mut self, timer: impl Timer) -> u32 {
        self.readings += 1;
        timer.sleep(Duration::from_millis(2) * (self.readings % 4)).await;
        6 * self.readings
    }
}
