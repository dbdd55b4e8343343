//! The sum of up to two numbers that come within 10 ms.

use core::ops::ControlFlow;
use core::pin::pin;
use core::time::Duration;

use anytempo::{StreamTimeExt, next};
use anytempo_embassy::EmbassyTimer;
use embassy_time::{Instant, with_deadline};

use super::source::Source;

const WINDOW: Duration = Duration::from_millis(10);
const EMBASSY_WINDOW: embassy_time::Duration = embassy_time::Duration::from_millis(10);
const MOST: u32 = 2;

#[derive(Default)]
struct Sum {
    numbers: u32,
    sum: u32,
}

pub async fn combinator(count: u32, mut sink: impl FnMut(u32)) {
    let add = |chunk: &mut Sum, number: u32| {
        chunk.numbers += 1;
        chunk.sum += number;
        if chunk.numbers == MOST { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let mut sums = pin!(Source::new(count).fold_within(EmbassyTimer, WINDOW, Sum::default, add));
    while let Some(chunk) = next(&mut sums).await {
        sink(chunk.sum);
    }
}

pub async fn deadline_loop(count: u32, mut sink: impl FnMut(u32)) {
    let mut source = Source::new(count);
    while let Some(first) = source.next().await {
        let end = Instant::now() + EMBASSY_WINDOW;
        let mut chunk = Sum { numbers: 1, sum: first };
        let mut is_over = false;
        while chunk.numbers < MOST {
            match with_deadline(end, source.next()).await {
                Ok(Some(number)) => {
                    chunk.numbers += 1;
                    chunk.sum += number;
                }
                Ok(None) => {
                    is_over = true;
                    break;
                }
                Err(_) => break,
            }
        }
        sink(chunk.sum);
        if is_over {
            return;
        }
    }
}
