//! embassy's own instants and durations, wherever ours go.

use core::cmp::Ordering;

use anytempo::Span;

use crate::{Deadline, Instant, LAST, NEVER, Ticks};

impl From<embassy_time::Instant> for Instant {
    #[inline]
    fn from(instant: embassy_time::Instant) -> Self {
        Self { ticks: instant.as_ticks().min(LAST) }
    }
}

impl From<Instant> for embassy_time::Instant {
    #[inline]
    fn from(instant: Instant) -> Self {
        Self::from_ticks(instant.ticks)
    }
}

impl From<embassy_time::Instant> for Deadline {
    #[inline]
    fn from(instant: embassy_time::Instant) -> Self {
        Instant::from(instant).into()
    }
}

impl From<Option<embassy_time::Instant>> for Deadline {
    #[inline]
    fn from(instant: Option<embassy_time::Instant>) -> Self {
        instant.map_or(Self::NEVER, Self::from)
    }
}

impl PartialEq<embassy_time::Instant> for Instant {
    fn eq(&self, other: &embassy_time::Instant) -> bool {
        self.ticks == other.as_ticks()
    }
}

impl PartialEq<Instant> for embassy_time::Instant {
    fn eq(&self, other: &Instant) -> bool {
        other == self
    }
}

impl PartialOrd<embassy_time::Instant> for Instant {
    fn partial_cmp(&self, other: &embassy_time::Instant) -> Option<Ordering> {
        self.ticks.partial_cmp(&other.as_ticks())
    }
}

impl PartialOrd<Instant> for embassy_time::Instant {
    fn partial_cmp(&self, other: &Instant) -> Option<Ordering> {
        self.as_ticks().partial_cmp(&other.ticks)
    }
}

impl From<embassy_time::Duration> for Ticks {
    #[inline]
    fn from(duration: embassy_time::Duration) -> Self {
        let ticks = duration.as_ticks();
        Self::new(if ticks < NEVER { ticks } else { NEVER })
    }
}

impl From<Ticks> for embassy_time::Duration {
    #[inline]
    fn from(ticks: Ticks) -> Self {
        Self::from_ticks(ticks.get())
    }
}

// It is in ticks already, so there is nothing to convert and nothing to round.
impl Span<Instant> for embassy_time::Duration {
    #[inline]
    fn into_delta(self) -> Ticks {
        self.into()
    }
}

impl Span<Instant> for Ticks {
    #[inline]
    fn into_delta(self) -> Self {
        self
    }
}
