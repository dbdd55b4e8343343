use core::iter::from_fn;
use core::num::NonZero;
use core::pin::pin;
use core::time::Duration;

use anytempo::{StreamTimeExt, Timer, next};

use crate::programs::{Report, Sink};

/// Counts from `start` up to `end`, which is not an item; with a step below zero it counts down.
pub async fn range<T: Timer, S: Sink>(
    timer: T,
    mut report: Report<T, S>,
    start: i64,
    end: i64,
    step: NonZero<i64>,
    delay: Duration,
) {
    // Anything that iterates makes a range, such as `start..end`. This one steps in both directions, and past neither
    // end of the integers.
    let mut upcoming = Some(start);
    let numbers = from_fn(move || {
        let number = upcoming.filter(|&it| if step.get() > 0 { it < end } else { it > end })?;
        upcoming = number.checked_add(step.get());
        Some(number)
    });

    let mut numbers = pin!(anytempo::range(numbers).pace(timer, delay));
    while let Some(number) = next(&mut numbers).await {
        report.item(number);
    }
    report.end();
}
