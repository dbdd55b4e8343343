use core::pin::pin;
use core::time::Duration;

use anytempo::stream::FixedRate;
use anytempo::{Timer, next};
use futures_core::Stream;

use crate::programs::{Report, Sink};

/// What the delay before an item counts from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rate {
    /// From when the item is asked for.
    #[default]
    Delay,
    /// From when the item before it was due.
    Fixed,
}

/// Counts down from `count` to 0: the first at once, each later one after a delay.
pub async fn countdown<T: Timer, S: Sink>(
    timer: T,
    report: Report<T, S>,
    count: u32,
    delay: Duration,
    rate: Rate,
) {
    let numbers = timer.countdown(count, delay);
    match rate {
        Rate::Delay => report_all(numbers, report).await,
        Rate::Fixed => report_all(numbers.rate(FixedRate), report).await,
    }
}

async fn report_all<T: Timer, S: Sink>(numbers: impl Stream<Item = u32>, mut report: Report<T, S>) {
    let mut numbers = pin!(numbers);
    while let Some(number) = next(&mut numbers).await {
        report.item(number);
    }
    report.end();
}
