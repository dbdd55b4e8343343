//! The adapter for embassy, at the tick rate that the features of this build give it, on a toy of a time driver.
#![no_std]
#![no_main]

use core::hint::black_box;
use core::sync::atomic::{AtomicU32, Ordering};
use core::task::Waker;

use anytempo::Timer as _;
use anytempo_embassy::{EmbassyTimer, Instant, Ticks};
use embassy_time_driver::Driver;

/// What an interrupt would count up.
static NOW: AtomicU32 = AtomicU32::new(0);

#[unsafe(no_mangle)]
extern "C" fn _start() -> ! {
    loop {
        no_panic::use_everything(EmbassyTimer);
        use_what_embassy_has();
    }
}

/// embassy's own instants and durations, where ours go.
fn use_what_embassy_has() {
    let instant = embassy_time::Instant::from_ticks(u64::from(NOW.load(Ordering::Relaxed)) << 32);
    let span = embassy_time::Duration::from_ticks(instant.as_ticks());
    let ours = Instant::from(black_box(instant));
    black_box((ours == instant, instant < ours, embassy_time::Instant::from(ours)));
    black_box(embassy_time::Duration::from(Ticks::from(span)));
    black_box(EmbassyTimer.after(span));
    black_box(EmbassyTimer.elapsed(instant));
    black_box(EmbassyTimer.remaining(Some(instant)));
    drop(black_box(EmbassyTimer.timeout(span, core::future::ready(())).into_inner()));
    black_box(EmbassyTimer.sleep_until(instant).deadline());
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
