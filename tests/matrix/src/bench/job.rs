use core::time::Duration;

use serde::{Deserialize, Serialize};

/// One measurement: what a process of its own does, and nothing else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// The name of the runtime.
    pub runtime: String,
    /// How the waits are written.
    pub form: Form,
    /// What is measured.
    pub work: Work,
    /// What the random delays come from. Both forms get the same ones.
    pub seed: u64,
}

/// How the waits of a workload are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// With the combinators.
    Anytempo,
    /// With what the runtime itself offers, as a person who knows it well would.
    Hand,
}

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Work {
    /// Tasks that wait once, each until a time of its own.
    Timers {
        /// How many.
        count: usize,
        /// From the first spawn to the earliest deadline: all are to be registered by then.
        lead: Duration,
        /// From the earliest deadline to the latest.
        span: Duration,
    },
    /// Tasks that count down, each with a delay of its own.
    Countdowns {
        /// How many.
        count: usize,
        /// The shortest delay; the longest is twice that. All are to be registered when the first is over.
        delay: Duration,
    },
    /// Tasks that are a wait of an hour and nothing else. They are weighed, and not waited for.
    Sleeps {
        /// How many.
        count: usize,
    },
    /// One task that asks for a number of equal periods.
    Period {
        /// What is asked for.
        period: Duration,
        /// Whether the periods count from their deadlines, and not from when they are asked for.
        fixed_rate: bool,
        /// How many.
        count: u32,
    },
}

/// The waits of a countdown.
pub(crate) const TICKS: u32 = 5;

/// The least time between the first spawn and the first deadline.
const LEAST_LEAD: Duration = Duration::from_millis(20);

/// The time that is left for a task to be spawned and registered. Every runtime that was tried needs less, and a job that
/// turns out to be late is repeated with more.
const LEAD_PER_TASK: Duration = Duration::from_nanos(2500);

/// How long a job may take beyond what it waits for. It only ends what hangs.
const PATIENCE: Duration = Duration::from_secs(60);

impl Work {
    pub(super) fn timers(count: usize, span: Duration) -> Self {
        Self::Timers { count, lead: lead(count), span }
    }

    pub(super) fn countdowns(count: usize, delay: Duration) -> Self {
        Self::Countdowns { count, delay: delay.max(lead(count)) }
    }

    /// The same with twice the time to register.
    #[must_use]
    pub(super) fn with_more_time(self) -> Self {
        match self {
            Self::Timers { count, lead, span } => Self::Timers { count, lead: lead * 2, span },
            Self::Countdowns { count, delay } => Self::Countdowns { count, delay: delay * 2 },
            other @ (Self::Sleeps { .. } | Self::Period { .. }) => other,
        }
    }

    /// When there is something wrong with the process that does it.
    pub(super) fn limit(&self) -> Duration {
        let waits = match *self {
            Self::Timers { lead, span, .. } => lead + span,
            Self::Countdowns { delay, .. } => delay * 2 * TICKS,
            Self::Sleeps { .. } => Duration::ZERO,
            // tokio's take twice as long.
            Self::Period { period, count, .. } => period * count * 2,
        };
        PATIENCE + waits * 4
    }
}

fn lead(count: usize) -> Duration {
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    LEAST_LEAD + LEAD_PER_TASK.saturating_mul(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jobs_can_be_told() {
        for work in [
            Work::timers(1000, Duration::from_secs(1)),
            Work::countdowns(1_000_000, Duration::from_millis(1)),
            Work::Sleeps { count: 1000 },
            Work::Period { period: Duration::from_millis(1), fixed_rate: true, count: 7 },
        ] {
            let job = Job { runtime: "swift".into(), form: Form::Hand, work, seed: u64::MAX };
            let told = serde_json::to_string(&job).expect("a job is JSON");
            assert_eq!(serde_json::from_str::<Job>(&told).expect("it is a job"), job);
        }
    }

    #[test]
    fn many_have_more_time() {
        let ms = Duration::from_millis;
        let long = Work::Countdowns { count: 1_000_000, delay: ms(2520) };
        assert_eq!(Work::countdowns(1_000_000, ms(1)), long);
        let short = Work::Countdowns { count: 0, delay: ms(100) };
        assert_eq!(Work::countdowns(0, ms(100)), short);
        assert_eq!(short.with_more_time(), Work::Countdowns { count: 0, delay: ms(200) });
    }
}
