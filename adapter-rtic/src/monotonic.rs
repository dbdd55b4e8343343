use rtic_time::monotonic::{TimerQueueBasedDuration, TimerQueueBasedMonotonic};

use crate::instant::{Deadline, Instant};

/// A monotonic of RTIC that counts 64-bit ticks.
///
/// Every [`TimerQueueBasedMonotonic`] is one if its duration has a [`Rate`]. Other types cannot implement it.
///
/// One with 32-bit ticks does not compile, and the error says why:
///
/// ```compile_fail,E0277
/// # use rtic_time::timer_queue::{TimerQueue, TimerQueueBackend};
/// # struct Hardware;
/// # impl TimerQueueBackend for Hardware {
/// #     type Ticks = u32;
/// #     fn now() -> u32 { 0 }
/// #     fn set_compare(_: u32) {}
/// #     fn clear_compare_flag() {}
/// #     fn pend_interrupt() {}
/// #     fn timer_queue() -> &'static TimerQueue<Self> {
/// #         static QUEUE: TimerQueue<Hardware> = TimerQueue::new();
/// #         &QUEUE
/// #     }
/// # }
/// use rtic_time::monotonic::TimerQueueBasedMonotonic;
///
/// struct Mono;
///
/// impl TimerQueueBasedMonotonic for Mono {
///     type Backend = Hardware;
///     type Instant = fugit::MonotonicTimerInstantU32<1_000>;
///     type Duration = fugit::TimerDurationU32<1_000>;
/// }
///
/// let timer = anytempo_rtic::RticTimer::<Mono>::new();
/// ```
pub trait Monotonic64: TimerQueueBasedMonotonic<Duration: Rate> + 'static {}

impl<M: TimerQueueBasedMonotonic<Duration: Rate> + 'static> Monotonic64 for M {}

/// The tick rate of a monotonic with 64-bit ticks. It is a part of the type of its duration, [`fugit::TimerDurationU64`].
///
/// Other types cannot implement it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no duration of a monotonic with 64-bit ticks",
    label = "`RticTimer` needs a monotonic with 64-bit ticks",
    note = "32-bit ticks wrap, at 1 kHz after 49.7 days and at 1 MHz after 72 minutes: instants are then out of order, and waits early",
    note = "SysTick has 64-bit ticks with the feature `systick-64bit` of `rtic-monotonics`; nRF, RP2040, i.MX RT and STM32 always have them"
)]
pub trait Rate: TimerQueueBasedDuration + sealed::Rate {
    /// The points in time of the clock.
    type Instant: anytempo::Instant;

    #[doc(hidden)]
    fn instant(ticks: Self::Ticks) -> Self::Instant;

    #[doc(hidden)]
    fn ticks_of(deadline: <Self::Instant as anytempo::Instant>::Deadline) -> Option<Self::Ticks>;
}

impl<const HZ: u64> Rate for fugit::TimerDurationU64<HZ> {
    type Instant = Instant<HZ>;

    #[inline]
    fn instant(ticks: u64) -> Instant<HZ> {
        // A clock is never near the last instant, so this needs no check.
        Instant { ticks }
    }

    #[inline]
    fn ticks_of(deadline: Deadline<HZ>) -> Option<u64> {
        deadline.ticks()
    }
}

mod sealed {
    pub trait Rate {}
    impl<const HZ: u64> Rate for fugit::TimerDurationU64<HZ> {}
}
