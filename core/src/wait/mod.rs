//! What waiting is made of: one [`Wait`], or the repeated waits of a [`Pacer`].
//!
//! What the runtimes do differently at the edges (a deadline that is past, a zero delay, a span that overflows) is made
//! the same here, and in `future/sleep.rs`, which can begin anew; and nowhere else.

mod once;
mod pacer;

use core::task::{Context, Poll};
use core::time::Duration;

pub(crate) use once::Wait;
pub(crate) use pacer::Pacer;

use crate::timer::{Instant, Timer};

pub(crate) type Delta<T> = <<T as Timer>::Instant as Instant>::Delta;

/// Whether a wait of this span has nothing to wait for.
pub(crate) fn is_zero<T: Timer>(delta: Delta<T>) -> bool {
    delta == T::Instant::delta_ceil(Duration::ZERO)
}

/// Lets whatever else wants to run have its turn.
pub(crate) fn yield_now(cx: &mut Context<'_>) -> Poll<()> {
    cx.waker().wake_by_ref();
    Poll::Pending
}
