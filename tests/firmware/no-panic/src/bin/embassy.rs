//! The adapter for embassy, at the tick rate that the features of this build give it, on a toy of a time driver.
#![no_std]
#![no_main]

use core::sync::atomic::{AtomicU32, Ordering};
use core::task::Waker;

use anytempo_embassy::EmbassyTimer;
use embassy_time_driver::Driver;

/// What an interrupt would count up.
static NOW: AtomicU32 = AtomicU32::new(0);

#[unsafe(no_mangle)]
extern "C" fn _start() -> ! {
    loop {
        no_panic::use_everything(EmbassyTimer);
    }
}

struct Toy;

embassy_time_driver::time_driver_impl!(static DRIVER: Toy = Toy);

impl Driver for Toy {
    fn now(&self) -> u64 {
        // Any 64 bits, as far as the compiler can know.
        u64::from(NOW.load(Ordering::Relaxed)) << 32 | u64::from(NOW.load(Ordering::Relaxed))
    }

    fn schedule_wake(&self, at: u64, waker: &Waker) {
        NOW.store(at as u32, Ordering::Relaxed);
        waker.wake_by_ref();
    }
}
