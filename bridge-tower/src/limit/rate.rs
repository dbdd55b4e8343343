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
    /// `num` requests in each window of `per`, as tower's `Rate` does. The first request after a window begins the next one.
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
    ///
    /// - A `capacity` of zero lets no request through.
    /// - A zero `refill` is no limit. A `refill` beyond the clock's range lets `capacity` requests through in all.
    pub const fn token_bucket(capacity: u64, refill: Duration) -> Self {
        Self { kind: Kind::Bucket { capacity, refill } }
    }
}

/// What has passed so far.
pub(super) enum Tokens<T: Timer> {
    Window {
        num: u64,
        per: Duration,
        /// When the window ends. `None` before the first request.
        until: Option<Deadline<T>>,
        /// Calls in this window.
        used: u64,
        /// Granted, and not called yet.
        reserved: u64,
    },
    Bucket {
        refill: u128,
        /// The bucket has a token as long as it is at most this many nanoseconds from being full. `None`: it never has.
        depth: Option<u128>,
        /// When the bucket is or was full, in nanoseconds since the origin.
        full: u128,
        /// The first reading of the clock.
        origin: Option<T::Instant>,
    },
}

impl<T: Timer> Tokens<T> {
    pub(super) fn new(rate: Rate) -> Self {
        let (capacity, refill) = match rate.kind {
            Kind::Window { num, per } if num > 0 && !per.is_zero() => {
                return Self::Window { num, per, until: None, used: 0, reserved: 0 };
            }
            // With a zero a bucket is the same.
            Kind::Window { num, per } => (num, per),
            Kind::Bucket { capacity, refill } => (capacity, refill),
        };
        let refill = refill.as_nanos();
        let depth = capacity.checked_sub(1).map(|it| refill.saturating_mul(it.into()));
        Self::Bucket { refill, depth, full: 0, origin: None }
    }

    /// Takes a token, or says when to ask again. Never is until one [comes back](Self::put_back), or a call begins a window.
    pub(super) fn take(&mut self, timer: &T) -> Result<(), Deadline<T>> {
        match self {
            Self::Window { num, used, reserved, .. } if used.saturating_add(*reserved) < *num => {
                // Whether or not the window is over, and without a look at the clock.
                *reserved += 1;
                Ok(())
            }
            Self::Window { num, per, until, used, reserved } => {
                let now = timer.now();
                let mut left = until.filter(|until| !now.has_reached(*until));
                if left.is_none() && *used >= *num {
                    left = Some(now.checked_after(T::Instant::delta_ceil(*per)));
                    (*until, *used) = (left, 0);
                }
                // A window that is over counts no more.
                let used = if left.is_some() { *used } else { 0 };
                if used.saturating_add(*reserved) >= *num {
                    return Err(left.unwrap_or(never::<T>()));
                }
                *reserved += 1;
                Ok(())
            }
            Self::Bucket { refill, depth, full, origin } => {
                let Some(depth) = *depth else { return Err(never::<T>()) };
                let now = timer.now();
                let origin = *origin.get_or_insert(now);
                let passed = since::<T>(origin, now);
                let ready = full.saturating_sub(depth);
                if ready > passed && *refill > 0 {
                    let delta = T::Instant::delta_ceil(from_nanos(ready));
                    return Err(origin.checked_add(delta));
                }
                *full = (*full).max(passed).saturating_add(*refill);
                Ok(())
            }
        }
    }

    /// A granted token comes back.
    pub(super) fn put_back(&mut self) {
        match self {
            Self::Window { reserved, .. } => *reserved = reserved.saturating_sub(1),
            Self::Bucket { refill, full, .. } => *full = full.saturating_sub(*refill),
        }
    }

    /// A granted token is used for a call. Returns whether that begins a window.
    pub(super) fn spend(&mut self, timer: &T) -> bool {
        let Self::Window { per, until, used, reserved, .. } = self else { return false };
        let now = timer.now();
        let begins = until.is_none_or(|until| now.has_reached(until));
        if begins {
            *until = Some(now.checked_after(T::Instant::delta_ceil(*per)));
            *used = 0;
        }
        *used = used.saturating_add(1);
        *reserved = reserved.saturating_sub(1);
        begins
    }

    /// A call without a token: it counts, and others wait longer for it. Returns whether that begins a window.
    pub(super) fn charge(&mut self, timer: &T) -> bool {
        match self {
            Self::Window { reserved, .. } => *reserved = reserved.saturating_add(1),
            Self::Bucket { refill, full, origin, .. } => {
                let now = timer.now();
                let passed = since::<T>(*origin.get_or_insert(now), now);
                *full = (*full).max(passed).saturating_add(*refill);
            }
        }
        self.spend(timer)
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
