use core::time::Duration;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use anytempo::Timer;

/// The latencies of this period and of the one before.
///
/// Each is a whole number of milliseconds, rounded up. Those from 2,048 on are grouped, so that they are off by 0.1 % at most.
#[derive(Debug)]
pub(super) struct Latencies<T: Timer> {
    state: Mutex<State<T>>,
    period: u128,
}

#[derive(Debug)]
struct State<T: Timer> {
    /// The first reading of the clock. Periods count from it.
    origin: Option<T::Instant>,
    /// How many periods are over.
    periods: u128,
    before: Histogram,
    now: Histogram,
}

#[derive(Debug, Default)]
struct Histogram {
    /// How many latencies were up to this one, and above the key before.
    counts: BTreeMap<u64, u64>,
    len: u64,
}

impl<T: Timer> Latencies<T> {
    pub(super) fn new(period: Duration) -> Self {
        let (before, now) = Default::default();
        let state = State { origin: None, periods: 0, before, now };
        Self { state: Mutex::new(state), period: period.as_nanos() }
    }

    /// The time at which a request begins. The first one begins the first period.
    pub(super) fn start(&self, timer: &T) -> T::Instant {
        let now = timer.now();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.origin.get_or_insert(now);
        now
    }

    /// The latency that `percentile` of the requests of the period before did not exceed. `None` if they were fewer than `min`.
    pub(super) fn read(&self, timer: &T, min: u64, percentile: f32) -> Option<Duration> {
        self.with(timer, |state| {
            let enough = state.before.len >= min;
            enough.then(|| Duration::from_millis(state.before.percentile(percentile.into())))
        })
    }

    pub(super) fn record(&self, timer: &T, latency: Duration) {
        self.with(timer, |state| state.now.record(latency));
    }

    fn with<R>(&self, timer: &T, act: impl FnOnce(&mut State<T>) -> R) -> R {
        let now = timer.now();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let origin = *state.origin.get_or_insert(now);
        let passed = timer.elapsed(origin).as_nanos();
        // A period of zero is over at once, in each request anew.
        let periods = passed.checked_div(self.period).unwrap_or(state.periods + 2);
        match periods.saturating_sub(state.periods) {
            0 => {}
            1 => state.before = core::mem::take(&mut state.now),
            _ => (state.before, state.now) = Default::default(),
        }
        state.periods = state.periods.max(periods);
        act(&mut state)
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
