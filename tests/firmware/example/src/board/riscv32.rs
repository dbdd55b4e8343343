//! The clock of a RISC-V: a counter that goes up from the reset on, and an alarm for when something is due.

use core::cell::RefCell;
use core::task::Waker;

use critical_section::Mutex;
use embassy_time_driver::Driver;
use embassy_time_queue_utils::Queue;
use riscv::interrupt::Interrupt;
use riscv::register::{mie, mstatus};
use riscv_rt::core_interrupt;

use super::COUNTS;

pub(super) fn start_clock() {
    critical_section::with(|section| CLOCK.arm(&mut CLOCK.queue.borrow_ref_mut(section)));
    // SAFETY: the handler is below, and no critical section is open here.
    unsafe {
        mie::set_mtimer();
        mstatus::set_mie();
    }
}

struct Clock {
    queue: Mutex<RefCell<Queue>>,
}

embassy_time_driver::time_driver_impl!(static CLOCK: Clock = Clock {
    queue: Mutex::new(RefCell::new(Queue::new())),
});

impl Driver for Clock {
    fn now(&self) -> u64 {
        counts() / u64::from(COUNTS)
    }

    fn schedule_wake(&self, at: u64, waker: &Waker) {
        critical_section::with(|section| {
            let mut queue = self.queue.borrow_ref_mut(section);
            if queue.schedule_wake(at, waker) {
                self.arm(&mut queue);
            }
        });
    }
}

impl Clock {
    /// Wakes what is due, and sets the alarm for what is due next. If that is past by now, the alarm goes off at once.
    fn arm(&self, queue: &mut Queue) {
        let next = queue.next_expiration(self.now());
        // The first count of that tick; if it is too far away for the counter, so is the alarm.
        set_alarm(next.saturating_mul(COUNTS.into()));
    }
}

#[core_interrupt(Interrupt::MachineTimer)]
fn on_alarm() {
    critical_section::with(|section| CLOCK.arm(&mut CLOCK.queue.borrow_ref_mut(section)));
}

/// The addresses of the two registers on a `virt`, each of them 64 bits in two words.
const MTIMECMP: *mut [u32; 2] = 0x0200_4000 as _;
const MTIME: *mut [u32; 2] = 0x0200_bff8 as _;

/// The counter.
fn counts() -> u64 {
    let (low, high) = words(MTIME);
    loop {
        // SAFETY: each is a word of a register that may be read at any time.
        let (before, lower, after) =
            unsafe { (high.read_volatile(), low.read_volatile(), high.read_volatile()) };
        // Otherwise it went up between the two.
        if before == after {
            return u64::from(before) << 32 | u64::from(lower);
        }
    }
}

/// Interrupts from this count on.
fn set_alarm(count: u64) {
    let (low, high) = words(MTIMECMP);
    // Not in between, as half of the new alarm and half of the old one may be past.
    // SAFETY: each is a word of a register that does nothing to memory, and only this function writes to it.
    unsafe {
        high.write_volatile(u32::MAX);
        low.write_volatile(count as u32);
        high.write_volatile((count >> 32) as u32);
    }
}

/// The lower and the upper word.
fn words(register: *mut [u32; 2]) -> (*mut u32, *mut u32) {
    let low = register.cast::<u32>();
    (low, low.wrapping_add(1))
}
