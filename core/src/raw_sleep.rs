use core::future::Future;
use core::pin::Pin;
use core::task::Context;

use crate::instant::Instant;

/// A wait that a runtime provides.
///
/// It is a future that is ready once the clock has reached its deadline. Adapters implement it, and combinators are built on it. It may be ready at its first poll. Programs use
/// [`Timer::sleep`](crate::Timer::sleep), which yields to other tasks first, in the same way on every runtime.
///
/// It need not be `Send`, `Unpin` or `'static`. Combinators inherit these traits from it.
///
/// # For adapter authors
///
/// - Making, resetting or dropping a sleep that was never polled MUST NOT touch the runtime or read the clock. All of these
///   MUST be possible outside the runtime.
/// - `poll` MUST be ready if and only if `now()` has reached the deadline. Readiness comes from the clock, not from a
///   notification: a task that never yielded to its runtime still sees time pass. Instead of being ready, a poll may wake
///   its task and be pending, so that others have their turn; but not twice in a row.
/// - A ready sleep MUST stay ready until it is reset, and MUST have given up its registration. It should have given up its
///   waker; one that a runtime keeps MUST NOT be woken before a reset.
/// - Once the clock has reached the deadline, the waker of the last poll MUST be woken, as soon as the runtime can.
///   Spurious wakes are allowed. Wakers of earlier polls need not be woken.
/// - With a deadline of never the sleep is disarmed: it MUST be pending, and MUST NOT wake.
/// - After `reset` only the new deadline counts. The waker is due only after another poll; the code that resets a sleep polls it.
/// - `poll` MUST pass on the waker it was given, or a clone of it, and no other.
/// - Dropping or disarming a sleep MUST give up its registration and its waker, at the latest with the runtime's next
///   turn. Where a runtime cannot, at most one stale wake MUST remain, and the adapter's documentation says so.
/// - A waker MUST NOT be woken while a lock is held that `now`, `poll`, `reset` or `drop` takes.
/// - Methods MUST NOT panic, whatever the deadline. A poll outside the runtime may, if the adapter's documentation says so.
#[doc(alias = "Delay")]
pub trait RawSleep: Future<Output = ()> {
    /// The points in time of this sleep's clock.
    type Instant: Instant;

    /// Moves the deadline. A deadline of never disarms the sleep. The change takes effect at the next poll.
    fn reset(self: Pin<&mut Self>, deadline: <Self::Instant as Instant>::Deadline);

    /// The deadline that was set last, also after it has passed.
    fn deadline(&self) -> <Self::Instant as Instant>::Deadline;

    /// Registers the waker when the caller returns `Pending` in any case.
    ///
    /// - It MUST have the waker woken as [`poll`](Future::poll) does. Where the deadline is past already, it MUST wake at once
    ///   if [`PROMPT`](crate::Timer::PROMPT) is true, and otherwise with the next tick of the runtime at the latest.
    /// - It is a hook for speed: an override can leave out the look at the clock. On embassy it saves 28 to 84 bytes of flash
    ///   and 19 to 44 instructions a wait (Cortex-M0). The default polls.
    #[inline]
    fn arm(self: Pin<&mut Self>, cx: &mut Context<'_>) {
        if self.poll(cx).is_ready() {
            cx.waker().wake_by_ref();
        }
    }
}
