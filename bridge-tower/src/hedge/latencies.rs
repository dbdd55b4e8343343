use core::time::Duration;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use anytempo::{Instant, Timer};

/// The latencies of this period and of the one before.
///
/// Each is a whole number of milliseconds, rounded up. Those from 2,048 on are grouped, so that they are off by 0.1 % at most.
#[derive(Debug)]
pub(super) struct Latencies<T: Timer> {
    state: Mutex<State<T>>,
    min: u64,
    percentile: f64,
    period: u128,
}

#[derive(Debug)]
struct State<T: Timer> {
    /// When the first request began. Periods count from it.
    origin: Option<T::Instant>,
    /// How many periods are over.
    periods: u128,
    now: Histogram,
    /// The percentile of the period before. `None` if it had too few answers.
    delay: Option<Duration>,
}

#[derive(Debug, Default)]
struct Histogram {
    /// How many latencies were up to this one, and above the key before.
    counts: BTreeMap<u64, u64>,
    len: u64,
}

impl<T: Timer> Latencies<T> {
    pub(super) fn new(min: u64, percentile: f32, period: Duration) -> Self {
        let percentile = percentile.into();
        let now = Histogram::default();
        let delay = now.delay(min, percentile);
        let state = State { origin: None, periods: 0, now, delay };
        Self { state: Mutex::new(state), min, percentile, period: period.as_nanos() }
    }

    /// A request begins. Returns the time that the given part of the requests took at most, in the period before.
    pub(super) fn begin(&self, now: T::Instant) -> Option<Duration> {
        self.at(now).delay
    }

    pub(super) fn record(&self, now: T::Instant, latency: Duration) {
        self.at(now).now.record(latency);
    }

    /// The state in the period of `now`.
    fn at(&self, now: T::Instant) -> MutexGuard<'_, State<T>> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let origin = *state.origin.get_or_insert(now);
        let passed = T::Instant::to_duration(now.saturating_since(origin)).as_nanos();
        // A period of zero is over at once, in each request anew.
        let periods = passed.checked_div(self.period).unwrap_or(state.periods + 2);
        if periods > state.periods {
            let mut before = core::mem::take(&mut state.now);
            if periods - state.periods > 1 {
                before = Histogram::default();
            }
            state.delay = before.delay(self.min, self.percentile);
            state.periods = periods;
        }
        state
    }
}

impl Histogram {
    fn record(&mut self, latency: Duration) {
        let millis = latency.as_nanos().div_ceil(1_000_000);
        let millis = u64::try_from(millis).unwrap_or(u64::MAX);
        let count = self.counts.entry(group(millis)).or_default();
        *count = count.saturating_add(1);
        self.len = self.len.saturating_add(1);
    }

    /// The percentile, if there are enough latencies.
    fn delay(&self, min: u64, percentile: f64) -> Option<Duration> {
        (self.len >= min).then(|| Duration::from_millis(self.percentile(percentile)))
    }

    fn percentile(&self, percentile: f64) -> u64 {
        // A cast of a float saturates, and makes zero of what is no number.
        let rank = ((percentile.min(1.0) * self.len as f64).ceil() as u64).max(1);
        let mut seen = 0u64;
        for (latency, count) in &self.counts {
            seen = seen.saturating_add(*count);
            if seen >= rank {
                return *latency;
            }
        }
        self.counts.last_key_value().map_or(0, |it| *it.0)
    }
}

/// The largest number with the same 11 leading bits.
fn group(millis: u64) -> u64 {
    let dropped = (u64::BITS - millis.leading_zeros()).saturating_sub(11);
    millis | ((1 << dropped) - 1)
}
