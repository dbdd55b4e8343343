//! Ticks with a period, at each rate. The first one comes at once.

use core::pin::pin;
use core::time::Duration;

use anytempo::stream::{FixedDelay, FixedRate, Spaced};
use anytempo::{Timer as _, next};
use anytempo_embassy::EmbassyTimer;
use embassy_time::{Instant, Timer};

const PERIOD: Duration = Duration::from_millis(10);
const EMBASSY_PERIOD: embassy_time::Duration = embassy_time::Duration::from_millis(10);

/// A period that counts from a reading of the clock, which may be almost a tick old.
const FIRST_PERIOD: embassy_time::Duration = embassy_time::Duration::from_micros(10_001);

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
        due = if number == 0 { due + FIRST_PERIOD } else { divide(due, Instant::now()) };
    }
}

pub async fn skip_in_steps(count: u32, mut sink: impl FnMut(u32)) {
    let mut due = Instant::now();
    for number in 0..count {
        Timer::at(due).await;
        sink(number);
        due = if number == 0 { due + FIRST_PERIOD } else { step(due, Instant::now()) };
    }
}

/// The first point of the grid after `now`.
///
/// A loop over all periods that are overdue has no bound, and a division of 64 bits is a routine of a kilobyte on a Cortex-M0. So
/// what is overdue is divided in parts of 32 bits.
fn divide(mut due: Instant, now: Instant) -> Instant {
    const PERIOD: u32 = EMBASSY_PERIOD.as_ticks() as u32;
    loop {
        let late = (now.as_ticks() - due.as_ticks()).min(u32::MAX.into()) as u32;
        due = Instant::from_ticks(due.as_ticks() + u64::from(late / PERIOD * PERIOD));
        if late < PERIOD {
            return due + EMBASSY_PERIOD;
        }
    }
}

/// The same without a division, in steps that double and then halve.
fn step(mut due: Instant, now: Instant) -> Instant {
    let mut step = EMBASSY_PERIOD.as_ticks();
    while due.as_ticks() + step <= now.as_ticks() {
        step <<= 1;
    }
    while step > EMBASSY_PERIOD.as_ticks() {
        step >>= 1;
        if due.as_ticks() + step <= now.as_ticks() {
            due = Instant::from_ticks(due.as_ticks() + step);
        }
    }
    due + EMBASSY_PERIOD
}

pub async fn fixed_rate_by_hand(count: u32, mut sink: impl FnMut(u32)) {
    let mut due = Instant::now();
    for number in 0..count {
        Timer::at(due).await;
        sink(number);
        due += if number == 0 { FIRST_PERIOD } else { EMBASSY_PERIOD };
    }
}

pub async fn spaced_by_hand(count: u32, mut sink: impl FnMut(u32)) {
    let mut due = Instant::now();
    for number in 0..count {
        Timer::at(due).await;
        due = Instant::now() + FIRST_PERIOD;
        sink(number);
    }
}

pub async fn fixed_delay_by_hand(count: u32, mut sink: impl FnMut(u32)) {
    for number in 0..count {
        if number > 0 {
            Timer::after(FIRST_PERIOD).await;
        }
        sink(number);
    }
}
