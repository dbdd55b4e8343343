//! How long a case may take.

use core::time::Duration;
use std::env;

use crate::suite::Clock;

/// The environment variable that sets the limit of every case, such as `10s` or `500ms`.
pub const CASE_LIMIT: &str = "ANYTEMPO_CASE_LIMIT";

/// How long a case may take on a clock of this kind, unless something else is asked for.
///
/// It is far more than any case takes on a slow machine, so a case that reaches it has lost a wake:
///
/// - a minute on a real clock,
/// - five seconds on a virtual one,
/// - half an hour under Miri.
pub const fn default_limit(clock: Clock) -> Duration {
    Duration::from_secs(match clock {
        _ if cfg!(miri) => 1800,
        Clock::Real => 60,
        Clock::Steady | Clock::Exact => 5,
    })
}

/// The limit that `ANYTEMPO_CASE_LIMIT` sets, if it is there.
///
/// # Errors
///
/// If it is no duration, with a sentence that says so.
pub fn case_limit() -> Result<Option<Duration>, String> {
    match env::var_os(CASE_LIMIT) {
        Some(text) => read(&text.to_string_lossy()).map(Some),
        None => Ok(None),
    }
}

fn read(text: &str) -> Result<Duration, String> {
    match humantime::parse_duration(text) {
        Ok(Duration::ZERO) => Err(format!("{CASE_LIMIT} must not be 0")),
        Ok(limit) => Ok(limit),
        Err(error) => {
            Err(format!("{CASE_LIMIT}={text:?} is no duration such as 10s or 500ms: {error}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_units() {
        assert_eq!(read("10s"), Ok(Duration::from_secs(10)));
        assert_eq!(read("250ms"), Ok(Duration::from_millis(250)));
        assert_eq!(read("0s"), Err("ANYTEMPO_CASE_LIMIT must not be 0".into()));
        for wrong in ["", "ten", "10", "-1s"] {
            let error = read(wrong).expect_err(wrong);
            assert!(error.contains("is no duration such as 10s"), "{error}");
        }
    }
}
