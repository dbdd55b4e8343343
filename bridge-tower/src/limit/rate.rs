//! How many requests in which time.

use core::time::Duration;

use anytempo::{Deadline, Instant, Timer};

/// How many requests in which time: a window as in tower, or a token bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rate {
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Kind {
    Window { num: u64, per: Duration },
    Bucket { capacity: u64, refill: Duration },
}

impl Rate {
    /// `num` requests in each window of `per`, as tower's `Rate` does. The first readiness after a full
    /// window begins the next one.
    ///
    /// Up to `2 * num` requests can come within a short time, at the end of one window and the beginning of the next.
    ///
    /// - A `num` of zero lets no request through. tower panics.
    /// - A zero `per` is no limit. tower panics. A `per` beyond the clock's range is one window without an end.
    pub const fn new(num: u64, per: Duration) -> Self {
        Self { kind: Kind::Window { num, per } }
    }

    /// A token bucket: a request takes one of at most `capacity` tokens, and a new token comes every `refill`.
    ///
    /// The bucket is full in the beginning. In any time `t` at most `capacity + t / refill` requests pass, so a `capacity` of one
    /// spaces requests out evenly. Tokens come at exact times, also where requests are late: the rate does not drift.
    /// On a clock that counts in ticks the first token may come up to one tick early.
    ///
    /// - A `capacity` of zero lets no request through.
    /// - A zero `refill` is no limit. A `refill` beyond the clock's range lets `capacity` requests through in all.
    pub const fn token_bucket(capacity: u64, refill: Duration) -> Self {
        Self { kind: Kind::Bucket { capacity, refill } }
    }
}

/// What has passed so far, and what was granted and is not called yet.
///
/// Only a call changes what has passed. A token that is held for long therefore does not come on top of later ones. A grant needs one
/// token more than all that are granted, so each of these has its token when it is called.
pub(super) struct Tokens<T: Timer> {
    /// The most that can be granted at a time.
    most: u64,
    granted: u64,
    passed: Passed<T>,
}

enum Passed<T: Timer> {
    Window {
        per: Duration,
        /// When the window ends. `None` before the first request.
        until: Option<Deadline<T>>,
        /// Calls in this window.
        used: u64,
    },
    Bucket {
        /// In nanoseconds.
        refill: u128,
        /// When the bucket is or was full, in nanoseconds since the origin.
        full: u128,
        /// The first reading of the clock.
        origin: Option<T::Instant>,
    },
}

impl<T: Timer> Tokens<T> {
    pub(super) fn new(rate: Rate) -> Self {
        let (most, passed) = match rate.kind {
            Kind::Window { num, per } => (num, Passed::Window { per, until: None, used: 0 }),
            Kind::Bucket { capacity, refill } => {
                (capacity, Passed::Bucket { refill: refill.as_nanos(), full: 0, origin: None })
            }
        };
        // Then any number can be granted at a time.
        let is_unlimited = match &passed {
            Passed::Window { per, .. } => per.is_zero(),
            Passed::Bucket { refill, .. } => *refill == 0,
        };
        Self { most: if is_unlimited && most > 0 { u64::MAX } else { most }, granted: 0, passed }
    }

    /// Takes a token, or says when to ask again. Never is until one [comes back](Self::put_back) or is [spent](Self::spend).
    pub(super) fn take(&mut self, timer: &T) -> Result<(), Deadline<T>> {
        // How many could be granted beyond this one.
        let Some(more) = self.most.checked_sub(self.granted).and_then(|it| it.checked_sub(1))
        else {
            return Err(never::<T>());
        };
        match &mut self.passed {
            // Whether or not the window is over. No look at the clock is needed.
            Passed::Window { used, .. } if *used <= more => {}
            Passed::Window { per, until, used } => {
                let now = timer.now();
                let mut left = until.filter(|until| !now.has_reached(*until));
                if left.is_none() && *used >= self.most {
                    left = Some(now.checked_after(T::Instant::delta_ceil(*per)));
                    (*until, *used) = (left, 0);
                }
                if let (Some(left), true) = (left, *used > more) {
                    return Err(left);
                }
            }
            Passed::Bucket { refill, full, origin } => {
                let now = timer.now();
                let origin = *origin.get_or_insert(now);
                let ready = full.saturating_sub(refill.saturating_mul(more.into()));
                if ready > since::<T>(origin, now) && *refill > 0 {
                    let delta = T::Instant::delta_ceil(from_nanos(ready));
                    return Err(origin.checked_add(delta));
                }
            }
        }
        self.granted += 1;
        Ok(())
    }

    /// A granted token comes back.
    pub(super) fn put_back(&mut self) {
        self.granted = self.granted.saturating_sub(1);
    }

    /// Counts a call, for which a token `was_granted` or not. Returns whether one that asked before was told never.
    pub(super) fn spend(&mut self, was_granted: bool, timer: &T) -> bool {
        let now = timer.now();
        match &mut self.passed {
            Passed::Window { per, until, used } => {
                if until.is_none_or(|until| now.has_reached(until)) {
                    *until = Some(now.checked_after(T::Instant::delta_ceil(*per)));
                    *used = 0;
                }
                *used = used.saturating_add(1);
            }
            Passed::Bucket { refill, full, origin } => {
                let passed = since::<T>(*origin.get_or_insert(now), now);
                *full = (*full).max(passed).saturating_add(*refill);
            }
        }
        let were_all = self.granted == self.most;
        if was_granted {
            self.put_back();
        }
        were_all
    }
}

fn never<T: Timer>() -> Deadline<T> {
    Deadline::<T>::from(None::<T::Instant>)
}

fn since<T: Timer>(origin: T::Instant, now: T::Instant) -> u128 {
    T::Instant::to_duration(now.saturating_since(origin)).as_nanos()
}

/// The nanoseconds as a duration, or the longest one.
fn from_nanos(nanos: u128) -> Duration {
    const SECOND: u128 = 1_000_000_000;
    match u64::try_from(nanos / SECOND) {
        // The remainder fits.
        Ok(seconds) => Duration::new(seconds, (nanos % SECOND) as u32),
        Err(_) => Duration::MAX,
    }
}
