use core::pin::pin;
use core::time::Duration;

use anytempo::{Timer, next};

use crate::programs::{Report, Sink};

/// Counts from `start` up to `end`, which is not an item, in the body of a generator.
pub async fn generate<T: Timer, S: Sink>(
    timer: T,
    mut report: Report<T, S>,
    start: i64,
    end: i64,
    delay: Duration,
) {
    let mut numbers = pin!(anytempo::generate(async move |mut y| {
        for number in start..end {
            if number > start {
                timer.sleep(delay).await;
            }
            y.emit(number).await;
        }
    }));
    while let Some(number) = next(&mut numbers).await {
        report.item(number);
    }
    report.end();
}
