use core::future::Future;
use core::time::Duration;
use std::rc::Rc;
use std::time::Instant;

use ::futures_timer::Delay;
use ::smol::LocalExecutor;
use ::smol::future::block_on;

use crate::bench::Ground;
use crate::runtimes::{RunError, futures_timer};

/// On an executor that has no clock, as futures-timer has no executor.
pub(crate) struct FuturesTimer(Rc<LocalExecutor<'static>>);

impl Ground for FuturesTimer {
    type Timer = futures_timer::FuturesTimer;

    fn run<F>(main: impl FnOnce(Self) -> F) -> Result<F::Output, RunError>
    where
        F: Future + 'static,
    {
        let executor = Rc::new(LocalExecutor::new());
        Ok(block_on(executor.run(main(Self(executor.clone())))))
    }

    fn timer(&self) -> Self::Timer {
        futures_timer::FuturesTimer
    }

    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.0.spawn(task).detach();
    }

    async fn until(_: Self::Timer, deadline: Instant) {
        let left = deadline.saturating_duration_since(Instant::now());
        Delay::new(left).await;
    }

    fn sleep(_: Self::Timer, delay: Duration) -> impl Future<Output = ()> + Send + 'static {
        Delay::new(delay)
    }

    async fn fixed_delay(
        _: Self::Timer,
        count: u32,
        delay: Duration,
        tick: &mut (impl FnMut() + Send),
    ) {
        tick();
        let mut wait = Delay::new(delay);
        for left in (0..count).rev() {
            (&mut wait).await;
            tick();
            if left > 0 {
                wait.reset(delay);
            }
        }
    }

    async fn fixed_rate(
        _: Self::Timer,
        count: u32,
        period: Duration,
        tick: &mut (impl FnMut() + Send),
    ) {
        let mut due = Instant::now() + period;
        tick();
        let mut wait = Delay::new(period);
        for left in (0..count).rev() {
            (&mut wait).await;
            tick();
            if left > 0 {
                due += period;
                wait.reset(due.saturating_duration_since(Instant::now()));
            }
        }
    }
}
