use core::cmp::Ordering;
use core::fmt;
use core::hash::{Hash, Hasher};
use core::time::Duration;

use crate::instant::Instant;

/// A point in time of a [`DynTimer`](crate::DynTimer) or [`LocalDynTimer`](crate::LocalDynTimer): a duration since that timer's start.
///
/// - It is exact to the nanosecond. On a clock with whole ticks each tick has an instant of its own, up to a billion ticks a second.
/// - An instant does not know its clock. Clones of a timer have the same start, so their instants can be compared. Two timers that
///   were made one by one have different starts, even over one clock. Give both the same start with
///   [`starting_at`](crate::DynTimer::starting_at) if their instants have to meet.
/// - Nothing is before the start. A clock that steps back behind it stands still there.
///
/// [`DynTimer`](crate::DynTimer) shows the conversions from and into the instants of the timer that it holds.
#[derive(Clone, Copy)]
pub struct DynInstant {
    since_start: Duration,
    /// It is not part of the order, as all instants of one clock have the same.
    tick: Option<Tick>,
}

/// What a clock that counts in ticks adds to a wait from now.
///
/// An instant has to carry it, because [`Instant::checked_after`] knows nothing else of the clock.
#[derive(Clone, Copy)]
pub(super) struct Tick {
    /// How old a reading may be.
    age: Duration,
    /// Rounds up to whole ticks.
    round: fn(Duration) -> Duration,
}

/// The whole nanoseconds of three spans of ticks are less than this below the truth. Shorter ticks are not told apart after an
/// addition.
const SHORTEST: Duration = Duration::from_nanos(3);

impl Tick {
    /// Asks the clock by an instant of it. `None` where a reading is never old.
    pub(super) fn of<I: Instant>(start: I) -> Option<Self> {
        let least = I::delta_ceil(Duration::from_nanos(1));
        let exact: Option<I> = start.checked_add(least).into();
        let after: Option<I> = start.checked_after(least).into();
        let age = after?.saturating_since(exact?);
        if age == I::delta_ceil(Duration::ZERO) {
            return None;
        }
        let age = I::to_duration(age);
        Some(if I::to_duration(least) < SHORTEST {
            // The age and the reading are both rounded down, by less than a nanosecond each.
            Self { age: age.saturating_add(Duration::from_nanos(2)), round: |it| it }
        } else {
            Self { age, round: |it| I::to_duration(I::delta_ceil(it)) }
        })
    }

    /// As the clock itself does it: both are whole ticks, and so is the sum.
    fn after(self, since_start: Duration, delta: Duration) -> Option<Duration> {
        let begun = since_start.checked_add(self.age)?;
        Some((self.round)(begun.checked_add((self.round)(delta))?))
    }
}

impl DynInstant {
    #[inline]
    pub(super) fn new(since_start: Duration, tick: Option<Tick>) -> Self {
        Self { since_start, tick }
    }

    /// The time from the timer's start to this instant.
    #[must_use]
    #[inline]
    pub fn since_start(self) -> Duration {
        self.since_start
    }
}

impl Instant for DynInstant {
    type Delta = Duration;
    type Deadline = Option<Self>;

    #[inline]
    fn delta_ceil(duration: Duration) -> Duration {
        duration
    }

    #[inline]
    fn to_duration(delta: Duration) -> Duration {
        delta
    }

    /// `None` where the sum is out of range, and for [`Duration::MAX`], which means never wherever it is added.
    #[inline]
    fn checked_add(self, delta: Duration) -> Option<Self> {
        if delta == Duration::MAX {
            return None;
        }
        self.since_start.checked_add(delta).map(|since_start| Self { since_start, ..self })
    }

    #[inline]
    fn checked_after(self, delta: Duration) -> Option<Self> {
        match self.tick {
            Some(tick) if !delta.is_zero() && delta != Duration::MAX => {
                let since_start = tick.after(self.since_start, delta)?;
                Some(Self { since_start, ..self })
            }
            _ => self.checked_add(delta),
        }
    }

    /// In nanoseconds since the start, up to 584 years. What is later is not rounded.
    #[inline]
    fn ceil_to(self, span: Duration) -> Self {
        let grid = u64::try_from(span.as_nanos()).unwrap_or(u64::MAX).checked_ilog2();
        let last = grid.map_or(0, |grid| (1_u64 << grid) - 1);
        let Ok(nanos) = u64::try_from(self.since_start.as_nanos()) else { return self };
        let rounded = nanos.checked_add(last).map(|it| Duration::from_nanos(it & !last));
        rounded.map_or(self, |since_start| Self { since_start, ..self })
    }

    #[inline]
    fn saturating_since(self, earlier: Self) -> Duration {
        self.since_start.saturating_sub(earlier.since_start)
    }
}

impl PartialEq for DynInstant {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        self.since_start == other.since_start
    }
}

impl Eq for DynInstant {}

impl PartialOrd for DynInstant {
    #[inline]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for DynInstant {
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        self.since_start.cmp(&other.since_start)
    }
}

impl Hash for DynInstant {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.since_start.hash(state);
    }
}

impl fmt::Debug for DynInstant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("DynInstant").field(&self.since_start).finish()
    }
}
