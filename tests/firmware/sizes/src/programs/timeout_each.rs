//! The numbers, and one error for each gap of more than 10 ms.

use core::pin::pin;
use core::time::Duration;

use anytempo::{StreamTimeExt, next};
use anytempo_embassy::EmbassyTimer;
use embassy_time::with_timeout;

use super::source::Source;

const LIMIT: Duration = Duration::from_millis(10);
const EMBASSY_LIMIT: embassy_time::Duration = embassy_time::Duration::from_millis(10);

pub async fn combinator(count: u32, mut sink: impl FnMut(u32)) {
    let mut numbers = pin!(Source::new(count).timeout_each(EmbassyTimer, LIMIT));
    while let Some(number) = next(&mut numbers).await {
        sink(number.unwrap_or(u32::MAX));
    }
}

pub async fn timeout_loop(count: u32, mut sink: impl FnMut(u32)) {
    let mut source = Source::new(count);
    loop {
        let number = match with_timeout(EMBASSY_LIMIT, source.next()).await {
            Ok(number) => number,
            Err(_) => {
                sink(u32::MAX);
                source.next().await
            }
        };
        match number {
            Some(number) => sink(number),
            None => return,
        }
    }
}
