use crate::instant::Instant;
use crate::timer::{Deadline, Timer};
use crate::wait::Delta;

/// What the delay before an item counts from.
///
/// [`FixedDelay`], [`Spaced`], [`FixedRate`] and [`Skip`] are types, so a program holds the code of the rates that it uses.
/// [`AnyRate`] is a value, for a rate that is known at run time only. The trait is sealed.
///
/// With a delay of 1 s, and a consumer that takes 3 s for each item, or stalls once for 3.5 s:
///
/// | rate | the delay counts from | takes 3 s each | stalls once |
/// |---|---|---|---|
/// | [`FixedDelay`] | the request for the item | 0 4 8 12 | 0 4.5 5.5 6.5 |
/// | [`Spaced`] | the item before | 0 3 6 9 | 0 3.5 4.5 5.5 |
/// | [`FixedRate`] | the deadline before; overdue items come at once | 0 3 6 9 | 0 3.5 3.5 3.5 4 5 |
/// | [`Skip`] | the grid of the first item; overdue slots are left out, items are not | 0 3 6 9 | 0 3.5 4 5 |
///
/// No rate has a tolerance: an item that is late by a nanosecond is late. The guide
/// [What happens to missed ticks?](crate::guide::missed_ticks) has drawings.
pub trait Rate: sealed::Sealed {}

/// The delay counts from the request for the item.
///
/// The request is the first poll after the item before. The time that the consumer takes comes on top of the delay.
#[doc(alias = "scheduleWithFixedDelay")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct FixedDelay;

/// The delay counts from when the item before was given.
///
/// Two items are never closer than the delay, and a consumer that is slower than the delay waits for nothing.
#[doc(alias = "Delay")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[doc(alias = "MissedTickBehavior")]
pub struct Spaced;

/// The delay counts from the deadline before, so there is no drift.
///
/// Items that are overdue come at once, each in a poll of its own, until the stream has caught up.
#[doc(alias = "scheduleAtFixedRate")]
#[doc(alias = "catch up")]
#[doc(alias = "Burst")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[doc(alias = "MissedTickBehavior")]
pub struct FixedRate;

/// Items come on the grid that the first one starts. Slots that are overdue are left out.
///
/// There is no drift, and no burst after a stall: an item that is late is given at once, and the next one at the next point
/// of the grid. No item is lost.
#[doc(alias = "MissedTickBehavior")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Skip;

/// A rate that is chosen at run time.
///
/// # Examples
///
/// ```
/// use anytempo::{Timer, next, stream::AnyRate};
/// use core::{pin::pin, time::Duration};
///
/// # let clock = anytempo_virtual::VirtualClock::new();
/// # anytempo_virtual::Executor::new(&clock).block_on(async {
/// # let catch_up = true;
/// let rate = if catch_up { AnyRate::FixedRate } else { AnyRate::Skip };
/// let mut numbers = pin!(clock.countdown(2, Duration::from_secs(1)).rate(rate));
/// assert_eq!(next(&mut numbers).await, Some(2));
/// # }).unwrap();
/// ```
#[doc(alias = "MissedTickBehavior")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AnyRate {
    /// As the type [`FixedDelay`].
    FixedDelay,
    /// As the type [`Spaced`].
    Spaced,
    /// As the type [`FixedRate`].
    FixedRate,
    /// As the type [`Skip`].
    Skip,
}

macro_rules! rate {
    ($($Rate:ident)+) => {$(
        impl Rate for $Rate {}

        impl sealed::Sealed for $Rate {
            #[inline(always)]
            fn any(&self) -> AnyRate {
                AnyRate::$Rate
            }
        }

        impl From<$Rate> for AnyRate {
            fn from(_: $Rate) -> Self {
                Self::$Rate
            }
        }
    )+};
}

rate!(FixedDelay Spaced FixedRate Skip);

impl Rate for AnyRate {}

impl sealed::Sealed for AnyRate {
    #[inline(always)]
    fn any(&self) -> AnyRate {
        *self
    }
}

pub(crate) mod sealed {
    use super::AnyRate;

    pub trait Sealed {
        /// The rate as a value. Where the rate is a type, the compiler knows it.
        fn any(&self) -> AnyRate;
    }
}

/// The first deadline after `now` that lies a whole number of periods after `deadline`, which is not after `now`.
///
/// It doubles its steps instead of dividing, as a division of 64 bits is dear on a small processor: about 200 additions
/// for a million periods.
#[inline]
pub(crate) fn next_on_grid<T: Timer>(
    deadline: T::Instant,
    period: Delta<T>,
    now: T::Instant,
) -> Deadline<T> {
    // The search begins with the same look. In firmware a second one, and a call, would take 72 bytes (Cortex-M0).
    if T::PROMPT {
        return search::<T>(deadline, period, now);
    }
    let next = deadline.checked_add(period);
    if now.has_reached(next) { overdue::<T>(deadline, period, now) } else { next }
}

#[cold]
#[inline(never)]
fn overdue<T: Timer>(deadline: T::Instant, period: Delta<T>, now: T::Instant) -> Deadline<T> {
    search::<T>(deadline, period, now)
}

#[inline(always)]
fn search<T: Timer>(deadline: T::Instant, period: Delta<T>, now: T::Instant) -> Deadline<T> {
    let (mut base, mut at, mut step) = (deadline, deadline, period);
    loop {
        let next = at.checked_add(step);
        let reached: Option<T::Instant> = next.into();
        match reached {
            Some(reached) if reached <= now && reached > at => {
                at = reached;
                // As far again as it came from the base: a whole number of periods, and twice the last step.
                step = at.saturating_since(base);
            }
            // The step is one period.
            _ if at == base => return next,
            _ => (base, step) = (at, period),
        }
    }
}
