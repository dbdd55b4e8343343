//! The newest number, at most one in 10 ms.

use core::pin::pin;
use core::time::Duration;

use anytempo::{StreamTimeExt, next};
use anytempo_embassy::EmbassyTimer;
use embassy_time::{Instant, with_deadline};

use super::source::Source;

const PERIOD: Duration = Duration::from_millis(10);
const EMBASSY_PERIOD: embassy_time::Duration = embassy_time::Duration::from_millis(10);

pub async fn combinator(count: u32, mut sink: impl FnMut(u32)) {
    let mut numbers = pin!(Source::new(count).throttle_latest(EmbassyTimer, PERIOD));
    while let Some(number) = next(&mut numbers).await {
        sink(number);
    }
}

pub async fn deadline_loop(count: u32, mut sink: impl FnMut(u32)) {
    let mut source = Source::new(count);
    let mut held = None;
    loop {
        let number = match held.take() {
            Some(number) => number,
            None => match source.next().await {
                Some(number) => number,
                None => return,
            },
        };
        let open = Instant::now() + EMBASSY_PERIOD;
        sink(number);
        // What is there when the time is up is read as well, so the newest is given.
        while let Ok(number) = with_deadline(open, source.next()).await {
            if number.is_none() {
                if let Some(number) = held {
                    sink(number);
                }
                return;
            }
            held = number;
        }
    }
}
