use core::future::{Future, pending, poll_fn};
use core::panic::AssertUnwindSafe;
use core::pin::pin;
use core::task::Poll;
use core::time::Duration;
use std::panic::{catch_unwind, resume_unwind};

use anytempo::{Timer, close_on_exit, closing};

use crate::programs::{Outcome, Report, Sink};

/// How the body of the scope ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Body {
    /// With a value.
    #[default]
    Ok,
    /// With an error.
    Error,
    /// Not at all: it is cancelled when its time is up.
    Cancel,
    /// By a panic.
    Panic,
}

/// The time that the body has.
pub const LIMIT: Duration = Duration::from_millis(10);

/// Enters a scope that closes what is used in it, and leaves it in one of four ways.
pub async fn close<T: Timer, S: Sink + Clone>(timer: T, mut report: Report<T, S>, body: Body) {
    let resource = closing(report.clone(), |mut report| report.close());
    let scope = close_on_exit(resource, async move |mut report| {
        report.enter();
        match body {
            Body::Ok => Ok(()),
            Body::Error => Err(Refused),
            Body::Cancel => pending().await,
            // A panic like any other, but for the message that it would print.
            Body::Panic => resume_unwind(Box::new(Refused)),
        }
    });
    let outcome = match catch(timer.timeout(LIMIT, scope)).await {
        None => Outcome::Panicked,
        Some(Err(_elapsed)) => Outcome::Cancelled,
        Some(Ok(Ok(Ok(())))) => Outcome::Ok,
        Some(Ok(Ok(Err(Refused)) | Err(_))) => Outcome::Error,
    };
    report.exit(outcome);
}

/// Why a body might end early.
struct Refused;

/// Runs `future` to its end, which is `None` if it panics.
async fn catch<F: Future>(future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    poll_fn(|cx| {
        // What a panic leaves behind is not looked at: the future is dropped next.
        let poll = catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx)));
        poll.map_or(Poll::Ready(None), |poll| poll.map(Some))
    })
    .await
}
