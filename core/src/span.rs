use core::time::Duration;

use crate::instant::Instant;

/// A length of time, as the methods of a timer take it.
///
/// [`Duration`] is one on every clock. Code for any timer uses it. An adapter implements this trait for the durations of its runtime, so
/// that a program on that runtime need not convert them. `anytempo-embassy` takes `embassy_time::Duration`.
///
/// # For adapter authors
///
/// - [`into_delta`](Span::into_delta) MUST round up and saturate, as [`Instant::delta_ceil`] does.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a length of time for this timer",
    label = "write a `core::time::Duration` here",
    note = "`core::time::Duration` is one for every timer: `Duration::from_millis(5)`",
    note = "only the timer of a runtime takes the durations of that runtime too: `EmbassyTimer` takes `embassy_time::Duration`"
)]
pub trait Span<I: Instant> {
    /// The shortest native span that is not shorter, or the longest span there is.
    fn into_delta(self) -> I::Delta;
}

impl<I: Instant> Span<I> for Duration {
    #[inline]
    fn into_delta(self) -> I::Delta {
        I::delta_ceil(self)
    }
}

/// A span that was converted before.
pub(crate) struct Native<D>(pub(crate) D);

impl<I: Instant> Span<I> for Native<I::Delta> {
    #[inline]
    fn into_delta(self) -> I::Delta {
        self.0
    }
}
