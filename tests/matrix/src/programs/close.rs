use core::future::pending;
use core::time::Duration;

use anytempo::{Timer, close_on_exit, closing};

use crate::programs::unwind::{catch, panic};
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
    /// By a panic. Without an operating system nothing can unwind: there it ends everything, and is not for this program.
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
            Body::Panic => panic(),
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
