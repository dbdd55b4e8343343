use core::future::Future;
use core::time::Duration;

use anytempo::stream::FixedRate;
use anytempo::{SendTimer, Timer};

use crate::runtimes::RunError;

/// A runtime to be measured: how its tasks are started, and how a wait is written on it by hand.
///
/// What is written by hand is what a person who knows the runtime well would write. It moves between threads, as tasks of
/// most runtimes do.
pub(crate) trait Ground: Sized + 'static {
    type Timer: SendTimer;

    /// Starts the runtime, runs `main` to its end, and ends the runtime.
    fn run<F>(main: impl FnOnce(Self) -> F) -> Result<F::Output, RunError>
    where
        F: Future + 'static;

    fn timer(&self) -> Self::Timer;

    /// Starts a task that nobody waits for.
    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static);

    /// Waits until the deadline.
    fn until(
        timer: Self::Timer,
        deadline: InstantOf<Self>,
    ) -> impl Future<Output = ()> + Send + 'static;

    /// The runtime's own future for a wait of this long, and nothing around it.
    fn sleep(timer: Self::Timer, delay: Duration) -> impl Future<Output = ()> + Send + 'static;

    /// Calls `tick` at once, and then `count` times more, each a `delay` after the call before it has returned.
    fn fixed_delay(
        timer: Self::Timer,
        count: u32,
        delay: Duration,
        tick: &mut (impl FnMut() + Send),
    ) -> impl Future<Output = ()> + Send;

    /// Calls `tick` at once, and then `count` times more, each a `period` after the call before it was due.
    fn fixed_rate(
        timer: Self::Timer,
        count: u32,
        period: Duration,
        tick: &mut (impl FnMut() + Send),
    ) -> impl Future<Output = ()> + Send;
}

/// What a [`Ground`] has by hand, written with the combinators, for any timer.
pub(super) mod combined {
    use core::pin::pin;

    use anytempo::next;

    use super::*;

    pub(in crate::bench) async fn fixed_delay(
        timer: impl Timer,
        count: u32,
        delay: Duration,
        tick: &mut (impl FnMut() + Send),
    ) {
        let mut numbers = pin!(timer.countdown(count, delay));
        while next(&mut numbers).await.is_some() {
            tick();
        }
    }

    pub(in crate::bench) async fn fixed_rate(
        timer: impl Timer,
        count: u32,
        period: Duration,
        tick: &mut (impl FnMut() + Send),
    ) {
        let mut numbers = pin!(timer.countdown(count, period).rate(FixedRate));
        while next(&mut numbers).await.is_some() {
            tick();
        }
    }
}

pub(crate) type InstantOf<G> = <<G as Ground>::Timer as Timer>::Instant;
