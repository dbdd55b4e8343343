//! What the crate of a chip would give: a clock for embassy, a lamp, a sensor. Here for a Cortex-M in an emulator, whose clock is
//! the SysTick that each of them has, a thousand times a second.

use core::cell::{Cell, RefCell};
use core::fmt;
use core::panic::PanicInfo;
use core::task::Waker;
use core::time::Duration;

use anytempo::Timer;
use cortex_m::peripheral::{Peripherals, syst::SystClkSource};
use cortex_m_rt::exception;
use critical_section::Mutex;
use embassy_time_driver::{Driver, TICK_HZ};
use embassy_time_queue_utils::Queue;
use semihosting::{eprintln, println, process};

/// Starts the clock.
pub fn start() -> (Lamp, Sensor) {
    if let Some(mut peripherals) = Peripherals::take() {
        peripherals.SYST.set_clock_source(SystClkSource::Core);
        peripherals.SYST.set_reload(COUNTS - 1);
        peripherals.SYST.clear_current();
        peripherals.SYST.enable_interrupt();
        peripherals.SYST.enable_counter();
    }
    (Lamp, Sensor { readings: 0 })
}

/// How far SysTick counts in a tick.
const COUNTS: u32 = match u32::from_str_radix(env!("CORE_MHZ"), 10) {
    Ok(mhz) => mhz * 1_000_000 / TICK_HZ as u32,
    Err(_) => panic!("the build script gives a number"),
};

/// Prints a line, after the time in milliseconds.
pub fn say(line: fmt::Arguments<'_>) {
    println!("{:5} {line}", CLOCK.now());
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

struct Clock {
    now: Mutex<Cell<u64>>,
    queue: Mutex<RefCell<Queue>>,
}

embassy_time_driver::time_driver_impl!(static CLOCK: Clock = Clock {
    now: Mutex::new(Cell::new(0)),
    queue: Mutex::new(RefCell::new(Queue::new())),
});

impl Driver for Clock {
    fn now(&self) -> u64 {
        critical_section::with(|section| self.now.borrow(section).get())
    }

    fn schedule_wake(&self, at: u64, waker: &Waker) {
        // The next tick looks at the queue in any case.
        critical_section::with(|section| {
            self.queue.borrow_ref_mut(section).schedule_wake(at, waker)
        });
    }
}

#[exception]
fn SysTick() {
    critical_section::with(|section| {
        let now = CLOCK.now.borrow(section).get() + 1;
        CLOCK.now.borrow(section).set(now);
        CLOCK.queue.borrow_ref_mut(section).next_expiration(now);
    });
}
