//! Instants and spans in ticks, and how they convert from and into those of `fugit`.

use core::cmp::Ordering;
use core::fmt;
use core::time::Duration;

use anytempo::{Span, ticks};

/// The ticks of a deadline that is never reached, and of a span that is too long for the clock.
const NEVER: u64 = 1 << 63;

/// The last instant. At 1 MHz a clock gets there in 146 thousand years.
///
/// RTIC's queue takes a deadline that is 2^63 ticks away for one that is past. This is half as far.
const LAST: u64 = (1 << 62) - 1;

/// A point in time on a monotonic's clock. It converts from and into [`fugit::Instant`], and compares with it.
///
/// It lies less than 2^62 ticks after the clock's start. Later ones become the last of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instant<const HZ: u64> {
    // At most `LAST`.
    pub(crate) ticks: u64,
}

/// An [`Instant`] to wait for, or never. It converts from and into `Option<Instant>`.
#[derive(Clone, Copy)]
pub struct Deadline<const HZ: u64> {
    // Above `LAST` it is never.
    ticks: u64,
}

impl<const HZ: u64> Deadline<HZ> {
    /// The deadline that is never reached.
    pub const NEVER: Self = Self { ticks: NEVER };

    #[inline]
    pub(crate) fn ticks(self) -> Option<u64> {
        (self.ticks <= LAST).then_some(self.ticks)
    }
}

impl<const HZ: u64> From<Instant<HZ>> for Deadline<HZ> {
    #[inline]
    fn from(instant: Instant<HZ>) -> Self {
        Self { ticks: instant.ticks }
    }
}

impl<const HZ: u64> From<Option<Instant<HZ>>> for Deadline<HZ> {
    #[inline]
    fn from(instant: Option<Instant<HZ>>) -> Self {
        instant.map_or(Self::NEVER, Self::from)
    }
}

impl<const HZ: u64> From<Deadline<HZ>> for Option<Instant<HZ>> {
    #[inline]
    fn from(deadline: Deadline<HZ>) -> Self {
        deadline.ticks().map(|ticks| Instant { ticks })
    }
}

impl<const HZ: u64> PartialEq for Deadline<HZ> {
    fn eq(&self, other: &Self) -> bool {
        self.ticks() == other.ticks()
    }
}

impl<const HZ: u64> Eq for Deadline<HZ> {}

impl<const HZ: u64> fmt::Debug for Deadline<HZ> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Option::<Instant<HZ>>::from(*self).fmt(f)
    }
}

/// A span between two instants: ticks, of which there are `HZ` in a second. It converts from and into [`fugit::Duration`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ticks<const HZ: u64> {
    // How long a wait for it takes: a tick more, as it may begin late in one, except that for nothing there is no wait.
    wait: u64,
}

impl<const HZ: u64> Ticks<HZ> {
    // What is too long for the clock is just long enough to be never, from wherever it counts.
    #[inline]
    const fn new(ticks: u64) -> Self {
        let ticks = if ticks < NEVER { ticks } else { NEVER };
        Self { wait: if ticks > 0 { ticks + 1 } else { 0 } }
    }

    /// How many they are.
    #[inline]
    pub const fn get(self) -> u64 {
        self.wait.saturating_sub(1)
    }
}

impl<const HZ: u64> fmt::Debug for Ticks<HZ> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Ticks").field(&self.get()).finish()
    }
}

// No sum wraps: an instant has less than 2^62 ticks, and a span at most one more than 2^63.
impl<const HZ: u64> anytempo::Instant for Instant<HZ> {
    type Delta = Ticks<HZ>;
    type Deadline = Deadline<HZ>;

    #[inline]
    fn delta_ceil(duration: Duration) -> Ticks<HZ> {
        Ticks::new(ticks::from_duration::<HZ>(duration))
    }

    #[inline]
    fn to_duration(delta: Ticks<HZ>) -> Duration {
        ticks::to_duration::<HZ>(delta.get())
    }

    #[inline]
    fn ceil_to(self, span: Ticks<HZ>) -> Self {
        let last = span.get().checked_ilog2().map_or(0, |grid| (1_u64 << grid.min(61)) - 1);
        let ticks = self.ticks.wrapping_add(last) & !last;
        if ticks <= LAST { Self { ticks } } else { self }
    }

    #[inline]
    fn checked_add(self, delta: Ticks<HZ>) -> Deadline<HZ> {
        Deadline { ticks: self.ticks.wrapping_add(delta.get()) }
    }

    #[inline]
    fn checked_after(self, delta: Ticks<HZ>) -> Deadline<HZ> {
        Deadline { ticks: self.ticks.wrapping_add(delta.wait) }
    }

    // No clock gets as far as never.
    #[inline]
    fn has_reached(self, deadline: Deadline<HZ>) -> bool {
        deadline.ticks <= self.ticks
    }

    #[inline]
    fn saturating_since(self, earlier: Self) -> Ticks<HZ> {
        Ticks::new(self.ticks.saturating_sub(earlier.ticks))
    }
}

impl<const HZ: u64, K: fugit::kind::Kind> From<fugit::Instant<u64, 1, HZ, K>> for Instant<HZ> {
    #[inline]
    fn from(instant: fugit::Instant<u64, 1, HZ, K>) -> Self {
        Self { ticks: instant.as_ticks().min(LAST) }
    }
}

impl<const HZ: u64, K: fugit::kind::Kind> From<Instant<HZ>> for fugit::Instant<u64, 1, HZ, K> {
    #[inline]
    fn from(instant: Instant<HZ>) -> Self {
        Self::from_ticks(instant.ticks)
    }
}

impl<const HZ: u64, K: fugit::kind::Kind> From<fugit::Instant<u64, 1, HZ, K>> for Deadline<HZ> {
    #[inline]
    fn from(instant: fugit::Instant<u64, 1, HZ, K>) -> Self {
        Instant::from(instant).into()
    }
}

impl<const HZ: u64, K: fugit::kind::Kind> PartialEq<fugit::Instant<u64, 1, HZ, K>> for Instant<HZ> {
    fn eq(&self, other: &fugit::Instant<u64, 1, HZ, K>) -> bool {
        self.ticks == other.as_ticks()
    }
}

impl<const HZ: u64, K: fugit::kind::Kind> PartialEq<Instant<HZ>> for fugit::Instant<u64, 1, HZ, K> {
    fn eq(&self, other: &Instant<HZ>) -> bool {
        other == self
    }
}

impl<const HZ: u64, K: fugit::kind::Kind> PartialOrd<fugit::Instant<u64, 1, HZ, K>>
    for Instant<HZ>
{
    fn partial_cmp(&self, other: &fugit::Instant<u64, 1, HZ, K>) -> Option<Ordering> {
        self.ticks.partial_cmp(&other.as_ticks())
    }
}

impl<const HZ: u64, K: fugit::kind::Kind> PartialOrd<Instant<HZ>>
    for fugit::Instant<u64, 1, HZ, K>
{
    fn partial_cmp(&self, other: &Instant<HZ>) -> Option<Ordering> {
        self.as_ticks().partial_cmp(&other.ticks)
    }
}

impl<const HZ: u64> From<fugit::Duration<u64, 1, HZ>> for Ticks<HZ> {
    #[inline]
    fn from(duration: fugit::Duration<u64, 1, HZ>) -> Self {
        Self::new(duration.as_ticks())
    }
}

impl<const HZ: u64> From<Ticks<HZ>> for fugit::Duration<u64, 1, HZ> {
    #[inline]
    fn from(ticks: Ticks<HZ>) -> Self {
        Self::from_ticks(ticks.get())
    }
}

// It is in ticks already, so there is nothing to convert and nothing to round.
impl<const HZ: u64> Span<Instant<HZ>> for fugit::Duration<u64, 1, HZ> {
    #[inline]
    fn into_delta(self) -> Ticks<HZ> {
        self.into()
    }
}

impl<const HZ: u64> Span<Instant<HZ>> for Ticks<HZ> {
    #[inline]
    fn into_delta(self) -> Self {
        self
    }
}
