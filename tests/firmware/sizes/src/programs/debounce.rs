//! A number after which there was none for 10 ms.

use core::pin::pin;
use core::time::Duration;

use anytempo::{StreamTimeExt, next};
use anytempo_embassy::EmbassyTimer;
use embassy_time::with_timeout;

use super::source::Source;

const QUIET: Duration = Duration::from_millis(10);
const EMBASSY_QUIET: embassy_time::Duration = embassy_time::Duration::from_millis(10);

pub async fn combinator(count: u32, mut sink: impl FnMut(u32)) {
    let mut numbers = pin!(Source::new(count).debounce(EmbassyTimer, QUIET));
    while let Some(number) = next(&mut numbers).await {
        sink(number);
    }
}

pub async fn timeout_loop(count: u32, mut sink: impl FnMut(u32)) {
    let mut source = Source::new(count);
    while let Some(mut held) = source.next().await {
        let is_over = loop {
            match with_timeout(EMBASSY_QUIET, source.next()).await {
                Ok(Some(number)) => held = number,
                Ok(None) => break true,
                Err(_) => break false,
            }
        };
        sink(held);
        if is_over {
            return;
        }
    }
}
