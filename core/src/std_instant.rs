use core::time::Duration;
use std::sync::OnceLock;
use std::time::Instant;

/// The clock of the standard library, as the runtimes of servers have it (feature `std`).
///
/// A deadline beyond what [`Instant::checked_add`](std::time::Instant::checked_add) can express is never.
impl crate::Instant for Instant {
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

    #[inline]
    fn checked_add(self, delta: Duration) -> Option<Self> {
        Self::checked_add(&self, delta)
    }

    #[inline]
    fn ceil_to(self, span: Duration) -> Self {
        // The clock does not tell where it starts. Any instant will do for all, such as the first one that is rounded.
        static START: OnceLock<Instant> = OnceLock::new();
        let start = *START.get_or_init(|| self);
        let grid = u64::try_from(span.as_nanos()).unwrap_or(u64::MAX).checked_ilog2();
        let last = grid.map_or(0, |grid| (1_u64 << grid) - 1);
        // One of the two is zero, as the instant is before or after the start. A grid is a power of two, so 64 bits are enough.
        let since = self.saturating_duration_since(start).as_nanos() as u64;
        let before = start.saturating_duration_since(self).as_nanos() as u64;
        let late = Duration::from_nanos(before.wrapping_sub(since) & last);
        Self::checked_add(&self, late).unwrap_or(self)
    }

    #[inline]
    fn saturating_since(self, earlier: Self) -> Duration {
        self.saturating_duration_since(earlier)
    }
}
