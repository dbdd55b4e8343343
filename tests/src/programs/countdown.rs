use core::pin::pin;
use core::time::Duration;

use anytempo::{Timer, next};

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
    mut report: Report<T, S>,
    count: u32,
    delay: Duration,
    rate: Rate,
) {
    let numbers = timer.countdown(count, delay);
    let mut numbers = pin!(match rate {
        Rate::Delay => numbers,
        Rate::Fixed => numbers.fixed_rate(),
    });
    while let Some(number) = next(&mut numbers).await {
        report.item(number);
    }
    report.end();
}
