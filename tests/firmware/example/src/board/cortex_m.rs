//! The clock of a Cortex-M: SysTick, which each of them has. It interrupts once in a tick.

use core::cell::{Cell, RefCell};
use core::task::Waker;

use cortex_m::peripheral::{Peripherals, syst::SystClkSource};
use cortex_m_rt::exception;
use critical_section::Mutex;
use embassy_time_driver::Driver;
use embassy_time_queue_utils::Queue;

use super::COUNTS;

pub(super) fn start_clock() {
    if let Some(mut peripherals) = Peripherals::take() {
        peripherals.SYST.set_clock_source(SystClkSource::Core);
        peripherals.SYST.set_reload(COUNTS - 1);
        peripherals.SYST.clear_current();
        peripherals.SYST.enable_interrupt();
        peripherals.SYST.enable_counter();
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
