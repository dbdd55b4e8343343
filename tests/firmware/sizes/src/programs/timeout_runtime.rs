//! As `timeout`, with a limit in milliseconds that is known only at run time.

use core::hint::black_box;
use core::pin::pin;
use core::time::Duration;

use anytempo::Timer as _;
use anytempo_embassy::EmbassyTimer;
use embassy_time::{Timer, with_timeout};

use super::timeout::{Machine, work};

/// The limit, which the compiler does not know.
fn limit() -> u32 {
    black_box(10)
}

pub async fn combinator(count: u32, mut sink: impl FnMut(u32)) {
    for round in 0..count {
        let limit = Duration::from_millis(limit().into());
        sink(EmbassyTimer.timeout(limit, work(round)).await.unwrap_or(u32::MAX));
    }
}

/// The same limit as a duration of embassy, which is in ticks already.
pub async fn combinator_of_embassy(count: u32, mut sink: impl FnMut(u32)) {
    for round in 0..count {
        let limit = embassy_time::Duration::from_millis(limit().into());
        sink(EmbassyTimer.timeout(limit, work(round)).await.unwrap_or(u32::MAX));
    }
}

pub async fn timer_loop(count: u32, mut sink: impl FnMut(u32)) {
    for round in 0..count {
        let limit = embassy_time::Duration::from_millis(limit().into());
        sink(with_timeout(limit, work(round)).await.unwrap_or(u32::MAX));
    }
}

pub async fn state_machine(count: u32, mut sink: impl FnMut(u32)) {
    for round in 0..count {
        let limit = Timer::after(embassy_time::Duration::from_millis(limit().into()));
        let work = pin!(work(round));
        sink(Machine { work, limit }.await.unwrap_or(u32::MAX));
    }
}
