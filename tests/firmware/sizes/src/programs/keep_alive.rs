//! The numbers, and a sign of life where there was none for 10 ms.

use core::pin::pin;
use core::time::Duration;

use anytempo::{StreamTimeExt, next};
use anytempo_embassy::EmbassyTimer;
use embassy_time::{Instant, with_deadline};

use super::source::Source;

const IDLE: Duration = Duration::from_millis(10);
const EMBASSY_IDLE: embassy_time::Duration = embassy_time::Duration::from_millis(10);

pub async fn combinator(count: u32, mut sink: impl FnMut(u32)) {
    let mut numbers = pin!(Source::new(count).keep_alive(EmbassyTimer, IDLE, || u32::MAX));
    while let Some(number) = next(&mut numbers).await {
        sink(number);
    }
}

pub async fn deadline_loop(count: u32, mut sink: impl FnMut(u32)) {
    let mut source = Source::new(count);
    let mut end = Instant::now() + EMBASSY_IDLE;
    loop {
        let number = match with_deadline(end, source.next()).await {
            Ok(Some(number)) => number,
            Ok(None) => return,
            Err(_) => u32::MAX,
        };
        end = Instant::now() + EMBASSY_IDLE;
        sink(number);
    }
}
