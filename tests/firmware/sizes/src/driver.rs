//! A clock that stands still while anything runs, and goes to the next alarm when nothing does.
//!
//! So a program does the same in every run and on every board, at no more cost than that of embassy's queue, which a real
//! driver has too; and no interrupt hides what is compared.

use core::cell::{Cell, RefCell};
use core::task::Waker;

use critical_section::Mutex;
use embassy_time_driver::Driver;
use embassy_time_queue_utils::Queue;

struct StandStill {
    now: Mutex<Cell<u64>>,
    queue: Mutex<RefCell<Queue>>,
}

embassy_time_driver::time_driver_impl!(static DRIVER: StandStill = StandStill {
    now: Mutex::new(Cell::new(0)),
    queue: Mutex::new(RefCell::new(Queue::new())),
});

impl Driver for StandStill {
    // Never inlined, as that of a real driver is too large for it.
    #[inline(never)]
    fn now(&self) -> u64 {
        critical_section::with(|cs| self.now.borrow(cs).get())
    }

    #[inline(never)]
    fn schedule_wake(&self, at: u64, waker: &Waker) {
        critical_section::with(|cs| self.queue.borrow_ref_mut(cs).schedule_wake(at, waker));
    }
}

/// Goes to the next alarm, and wakes who waits for it.
pub(crate) fn advance() {
    critical_section::with(|cs| {
        let mut queue = DRIVER.queue.borrow_ref_mut(cs);
        let now = DRIVER.now.borrow(cs);
        let next = queue.next_expiration(now.get());
        // Someone may be due already, and was woken.
        if next < u64::MAX {
            now.set(next);
            queue.next_expiration(next);
        }
    });
}
