//! Ticks with a period, at each rate. The first one comes at once.

use core::pin::pin;
use core::time::Duration;

use anytempo::stream::{FixedDelay, FixedRate, Spaced};
use anytempo::{Timer as _, next};
use anytempo_embassy::EmbassyTimer;
use embassy_time::{Instant, Ticker, Timer};

const PERIOD: Duration = Duration::from_millis(10);
const EMBASSY_PERIOD: embassy_time::Duration = embassy_time::Duration::from_millis(10);

pub async fn skip(count: u32, mut sink: impl FnMut(u32)) {
    let mut ticks = pin!(EmbassyTimer.interval(PERIOD));
    for number in 0..count {
        next(&mut ticks).await;
        sink(number);
    }
}

pub async fn fixed_rate(count: u32, mut sink: impl FnMut(u32)) {
    let mut ticks = pin!(EmbassyTimer.interval(PERIOD).rate(FixedRate));
    for number in 0..count {
        next(&mut ticks).await;
        sink(number);
    }
}

pub async fn spaced(count: u32, mut sink: impl FnMut(u32)) {
    let mut ticks = pin!(EmbassyTimer.interval(PERIOD).rate(Spaced));
    for number in 0..count {
        next(&mut ticks).await;
        sink(number);
    }
}

pub async fn fixed_delay(count: u32, mut sink: impl FnMut(u32)) {
    let mut ticks = pin!(EmbassyTimer.interval(PERIOD).rate(FixedDelay));
    for number in 0..count {
        next(&mut ticks).await;
        sink(number);
    }
}

pub async fn skip_by_hand(count: u32, mut sink: impl FnMut(u32)) {
    let mut due = Instant::now();
    for number in 0..count {
        Timer::at(due).await;
        sink(number);
        let now = Instant::now();
        while due <= now {
            due += EMBASSY_PERIOD;
        }
    }
}

pub async fn ticker(count: u32, mut sink: impl FnMut(u32)) {
    let mut ticker = Ticker::every(EMBASSY_PERIOD);
    for number in 0..count {
        if number > 0 {
            ticker.next().await;
        }
        sink(number);
    }
}

pub async fn spaced_by_hand(count: u32, mut sink: impl FnMut(u32)) {
    let mut due = Instant::now();
    for number in 0..count {
        Timer::at(due).await;
        due = Instant::now() + EMBASSY_PERIOD;
        sink(number);
    }
}

pub async fn fixed_delay_by_hand(count: u32, mut sink: impl FnMut(u32)) {
    for number in 0..count {
        if number > 0 {
            Timer::after(EMBASSY_PERIOD).await;
        }
        sink(number);
    }
}
