use core::fmt::Debug;
use core::time::Duration;

/// A point in time on a timer's clock.
///
/// An implementation keeps the native form of its clock: ticks on a microcontroller, [`Duration`]s where there is a
/// standard library. Combinators convert a [`Duration`] once, when they are made, and not in each tick.
///
/// # For adapter authors
///
/// - The order MUST be the order of time. It MUST NOT wrap while the program runs.
/// - [`delta_ceil`](Instant::delta_ceil) MUST round up. Zero gives the zero span, and anything above zero gives at least
///   the smallest span of the clock.
/// - `delta_ceil` MUST saturate. [`checked_add`](Instant::checked_add) of a saturated span MUST be never, whatever it is
///   added to: a wait that the clock cannot express never ends, and does not end early.
/// - [`to_duration`](Instant::to_duration) MUST round down, and `to_duration(delta_ceil(d)) >= d` MUST hold for every `d`
///   that a span can hold.
/// - [`checked_after`](Instant::checked_after) MUST add a tick where a reading of the clock may be almost one tick old.
/// - [`saturating_since`](Instant::saturating_since) MUST be zero where the clock has stepped back.
/// - Methods MUST NOT panic or wrap, for any input.
pub trait Instant: Copy + Ord + Debug + Send + Sync + Unpin + 'static {
    /// The native span between two instants.
    type Delta: Copy + Ord + Debug + Send + Sync + Unpin + 'static;

    /// An instant to wait for, or never.
    ///
    /// Where instants need a whole word, this is `Option<Self>`. A clock that counts in ticks uses one of its numbers for
    /// never instead: a deadline then needs no more room than an instant, and an addition no check.
    ///
    /// - Conversions to and from `Option<Self>` MUST keep the instant. `None` is never.
    type Deadline: Copy
        + Eq
        + Debug
        + From<Self>
        + From<Option<Self>>
        + Into<Option<Self>>
        + Send
        + Sync
        + Unpin
        + 'static;

    /// The shortest native span that is not shorter than `duration`, or the longest span there is.
    fn delta_ceil(duration: Duration) -> Self::Delta;

    /// The native span as a duration, rounded down and saturated at [`Duration::MAX`].
    fn to_duration(delta: Self::Delta) -> Duration;

    /// The instant `delta` after this one, or never where the clock cannot express it.
    fn checked_add(self, delta: Self::Delta) -> Self::Deadline;

    /// The first instant at which `delta` has certainly passed since the clock read `self`.
    ///
    /// A reading of a tick clock may be almost one tick old, so `self + delta` could be up to one tick early. Such a clock
    /// adds a tick, except to a zero `delta`. The default adds none.
    #[inline]
    fn checked_after(self, delta: Self::Delta) -> Self::Deadline {
        self.checked_add(delta)
    }

    /// Whether a clock that reads `self` has reached `deadline`. Never is not reached.
    ///
    /// - An override MUST give what the default gives. It is a hook for size, where a deadline is a number: on embassy it
    ///   saves 8 to 12 bytes of flash in each limit. The default compares instants.
    #[inline]
    fn has_reached(self, deadline: Self::Deadline) -> bool {
        let deadline: Option<Self> = deadline.into();
        deadline.is_some_and(|it| it <= self)
    }

    /// This instant, rounded up to a grid that is no wider than `span`, for [`Timer::slack`](crate::Timer::slack).
    ///
    /// - The result MUST NOT be before this instant, and MUST be less than `span` after it, or equal to it.
    /// - All instants of the clock's everyday range MUST be rounded to one grid for each `span`. Instants that are centuries away may stay
    ///   as they are. Ticks in a power of two need no division: take the largest one
    ///   that is not above `span`. The default rounds nothing, so slack has no effect.
    #[inline]
    fn ceil_to(self, span: Self::Delta) -> Self {
        let _ = span;
        self
    }

    /// The span from `earlier` to this instant. Zero if `earlier` is the later of the two.
    ///
    /// A clock that steps back therefore behaves like a clock that stands still.
    fn saturating_since(self, earlier: Self) -> Self::Delta;
}
