use core::fmt;
use core::time::Duration;

/// A point in a [`VirtualClock`](crate::VirtualClock)'s time: a duration since the clock's start, exact to the
/// nanosecond.
///
/// An instant does not know its clock. On another clock it means the same duration since that clock's start.
///
/// ```
/// use anytempo::Timer;
/// use anytempo_virtual::{Instant, VirtualClock};
/// use core::time::Duration;
///
/// let clock = VirtualClock::new();
/// assert_eq!(clock.now(), Instant::START);
/// clock.advance(Duration::from_micros(1500));
/// assert_eq!(clock.now(), Instant::at(Duration::from_micros(1500)));
/// assert_eq!(clock.now().to_string(), "1.5ms");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Instant(Duration);

impl Instant {
    /// The instant at which every clock starts.
    pub const START: Instant = Instant(Duration::ZERO);

    /// The last instant there is. A clock that is advanced further stays here.
    pub const MAX: Instant = Instant(Duration::MAX);

    /// The instant `since_start` after the clock's start.
    #[must_use]
    pub const fn at(since_start: Duration) -> Instant {
        Instant(since_start)
    }

    /// The time from the clock's start to this instant.
    #[must_use]
    pub const fn since_start(self) -> Duration {
        self.0
    }

    /// The instant `span` after this one, or the last one there is.
    pub(crate) const fn saturating_add(self, span: Duration) -> Instant {
        Instant(self.0.saturating_add(span))
    }
}

/// Writes the time since the clock's start, as in `1.5s`.
impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl anytempo::Instant for Instant {
    type Delta = Duration;
    type Deadline = Option<Instant>;

    fn delta_ceil(duration: Duration) -> Duration {
        duration
    }

    fn to_duration(delta: Duration) -> Duration {
        delta
    }

    /// `None` where the sum is out of range, and for [`Duration::MAX`], which means never wherever it is added.
    fn checked_add(self, delta: Duration) -> Option<Instant> {
        // At the clock's start the sum would be in range. A program that says "never" in this way must not be woken
        // there and nowhere else.
        if delta == Duration::MAX { None } else { self.0.checked_add(delta).map(Instant) }
    }

    /// In nanoseconds since the start, up to 584 years. What is later is not rounded.
    fn ceil_to(self, span: Duration) -> Instant {
        let grid = u64::try_from(span.as_nanos()).unwrap_or(u64::MAX).checked_ilog2();
        let rounded = grid.and_then(|grid| {
            let last = (1_u64 << grid) - 1;
            Some(u64::try_from(self.0.as_nanos()).ok()?.checked_add(last)? & !last)
        });
        rounded.map_or(self, |nanos| Instant(Duration::from_nanos(nanos)))
    }

    fn saturating_since(self, earlier: Instant) -> Duration {
        self.0.saturating_sub(earlier.0)
    }
}
