//! What a driver waits for, with the delay of the bridge and with that of embassy: constants, and lengths known at run time.

use core::hint::black_box;

use anytempo_embassy::EmbassyTimer;
use embedded_hal_async::delay::DelayNs;

pub async fn combinator(count: u32, sink: impl FnMut(u32)) {
    driver(anytempo_embedded_hal::Delay::new(EmbassyTimer), count, sink).await;
}

pub async fn timer_loop(count: u32, sink: impl FnMut(u32)) {
    driver(embassy_time::Delay, count, sink).await;
}

pub async fn combinator_at_run_time(count: u32, sink: impl FnMut(u32)) {
    driver_at_run_time(anytempo_embedded_hal::Delay::new(EmbassyTimer), count, sink).await;
}

pub async fn timer_loop_at_run_time(count: u32, sink: impl FnMut(u32)) {
    driver_at_run_time(embassy_time::Delay, count, sink).await;
}

async fn driver(mut delay: impl DelayNs, count: u32, mut sink: impl FnMut(u32)) {
    for number in 0..count {
        delay.delay_ms(10).await;
        delay.delay_us(250).await;
        sink(number);
    }
}

async fn driver_at_run_time(mut delay: impl DelayNs, count: u32, mut sink: impl FnMut(u32)) {
    for number in 0..count {
        delay.delay_ms(black_box(10)).await;
        delay.delay_us(black_box(250)).await;
        sink(number);
    }
}
