use core::time::Duration;

use anytempo::Timer;

use crate::programs::{Report, Sink};

/// Enters a scope that makes whoever enters it wait.
pub async fn stall<T: Timer, S: Sink>(timer: T, mut report: Report<T, S>, delay: Duration) {
    let body = async { report.enter() };
    timer.stall(delay, body).await;
    report.exit(None);
}
