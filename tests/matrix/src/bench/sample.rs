use core::time::Duration;

use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};

/// What a process has measured of itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sample {
    /// Of many tasks.
    Crowd(Crowd),
    /// Of the memory of many tasks.
    Memory(Memory),
    /// Of a period.
    Period(Period),
}

/// What many tasks have cost, and how late they were.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Crowd {
    /// The CPU time of the process from the first spawn until all tasks wait; `None` where the system does not tell.
    pub create_ns: Option<u64>,
    /// From then on, until the last task has ended.
    pub fire_ns: Option<u64>,
    /// What the resident memory of the process grew by, until all tasks wait; `None` where the system does not tell.
    pub resident_bytes: Option<u64>,
    /// How many waits there were.
    pub waits: u64,
    /// How late they ended.
    pub lateness: Lateness,
    /// Whether a deadline was over before the last task was registered, so that its lateness says nothing.
    pub overtaken: bool,
}

/// The memory that many tasks take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memory {
    /// What the resident memory of the process grew by, until all tasks wait; `None` where the system does not tell.
    pub resident_bytes: Option<u64>,
}

/// How long the periods were.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Period {
    /// The mean.
    pub mean_ns: f64,
    /// How many there were.
    pub count: u32,
}

/// How long after their deadlines tasks had control.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lateness {
    /// Half of them were no later.
    pub p50_ns: u64,
    /// All but one in a hundred.
    pub p99_ns: u64,
    /// All.
    pub max_ns: u64,
}

/// Beyond this nothing is told apart: an hour.
const LONGEST: u64 = 3600 * 1_000_000_000;

impl Lateness {
    /// From some number of nanoseconds for each wait.
    pub(super) fn of(waits: impl Iterator<Item = u64>) -> Option<Self> {
        let mut histogram = Histogram::<u64>::new_with_max(LONGEST, 3).ok()?;
        let mut max_ns = 0;
        for late in waits {
            histogram.saturating_record(late);
            max_ns = late.max(max_ns);
        }
        // The histogram knows each of them to three digits. The largest can be had as it was.
        let quantile = |q| histogram.value_at_quantile(q).min(max_ns);
        Some(Self { p50_ns: quantile(0.5), p99_ns: quantile(0.99), max_ns })
    }
}

impl Period {
    pub(super) fn of(whole: Duration, count: u32) -> Self {
        Self { mean_ns: whole.as_nanos() as f64 / f64::from(count.max(1)), count }
    }
}

impl Crowd {
    /// All of the CPU time.
    pub fn cpu_ns(&self) -> Option<u64> {
        Some(self.create_ns? + self.fire_ns?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles() {
        let lateness = Lateness::of((1..=1000).map(|n| n * 1_000_000)).expect("it can be had");
        let near = |ns: u64, expected: f64| (ns as f64 / expected - 1.0).abs() < 0.002;
        assert!(near(lateness.p50_ns, 500e6) && near(lateness.p99_ns, 990e6), "{lateness:?}");
        assert_eq!(lateness.max_ns, 1_000_000_000);
    }

    #[test]
    fn extremes() {
        let zero = Lateness { p50_ns: 0, p99_ns: 0, max_ns: 0 };
        assert_eq!(Lateness::of([].into_iter()), Some(zero));
        assert_eq!(Lateness::of([0, 0].into_iter()), Some(zero));
        let long = Lateness::of([u64::MAX].into_iter()).expect("it can be had");
        assert_eq!(long.max_ns, u64::MAX);
        assert!(long.p50_ns >= LONGEST / 2, "{long:?}");
    }

    #[test]
    fn no_period_is_no_division() {
        assert_eq!(Period::of(Duration::ZERO, 0).mean_ns, 0.0);
        assert_eq!(Period::of(Duration::from_millis(10), 4).mean_ns, 2.5e6);
    }
}
