use anytempo::Timer;

use crate::{Instant, Sleep, VirtualClock, current};

/// The clock of the executor that runs on this thread: a [`Timer`] of no size, for code that cannot be handed a clock.
///
/// A trait with static methods is such code, and so is a `static`. Where a clock can be handed over, a [`VirtualClock`] is better:
/// it is the same one wherever it is used.
///
/// - The executor is the one whose task, or main future, is being polled on this thread. Tests on several threads do not see one
///   another.
/// - A wait is on the clock of the executor that ran when the wait was made.
///
/// # Panics
///
/// [`now`](Timer::now) and [`raw_sleep`](Timer::raw_sleep), and what waits through them, panic if no executor of this crate runs on
/// this thread.
///
/// # Examples
///
/// ```
/// use anytempo::Timer;
/// use anytempo_virtual::AmbientClock;
/// use core::time::Duration;
///
/// struct Machine;
///
/// impl Machine {
///     async fn rest() {
///         AmbientClock.sleep(Duration::from_secs(3600)).await;
///     }
/// }
///
/// anytempo_virtual::run(async |sim| {
///     Machine::rest().await;
///     assert_eq!(sim.elapsed(), Duration::from_secs(3600));
/// })
/// .unwrap();
/// ```
#[derive(Clone, Copy, Default, Debug)]
pub struct AmbientClock;

impl AmbientClock {
    /// The clock of the executor that runs on this thread, if there is one.
    #[must_use]
    pub fn try_get() -> Option<VirtualClock> {
        current::clock()
    }

    #[track_caller]
    fn get() -> VirtualClock {
        match current::clock() {
            Some(clock) => clock,
            None => panic!(
                "no executor of anytempo_virtual runs on this thread, so there is no ambient clock: \
                 use it in a task, or in the body of a run"
            ),
        }
    }
}

impl Timer for AmbientClock {
    type Instant = Instant;
    type Sleep = Sleep;

    #[track_caller]
    fn now(&self) -> Instant {
        AmbientClock::get().now()
    }

    #[track_caller]
    fn raw_sleep(&self, deadline: Option<Instant>) -> Sleep {
        AmbientClock::get().raw_sleep(deadline)
    }
}
