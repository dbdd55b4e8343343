use core::future::Future;
use core::time::Duration;
use std::time::Instant;

use ::async_std::task;
use anytempo_async_std::AsyncStdTimer;

use crate::bench::Ground;
use crate::runtimes::RunError;

/// What it offers without its unstable part: `task::sleep`, which is always a new one.
pub(crate) struct AsyncStd;

impl Ground for AsyncStd {
    type Timer = AsyncStdTimer;

    fn run<F>(main: impl FnOnce(Self) -> F) -> Result<F::Output, RunError>
    where
        F: Future + 'static,
    {
        Ok(task::block_on(main(Self)))
    }

    fn timer(&self) -> AsyncStdTimer {
        AsyncStdTimer
    }

    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        // Nobody waits for it.
        drop(task::spawn(task));
    }

    async fn until(_: AsyncStdTimer, deadline: Instant) {
        let left = deadline.saturating_duration_since(Instant::now());
        task::sleep(left).await;
    }

    fn sleep(_: AsyncStdTimer, delay: Duration) -> impl Future<Output = ()> + Send + 'static {
        task::sleep(delay)
    }

    async fn fixed_delay(
        _: AsyncStdTimer,
        count: u32,
        delay: Duration,
        tick: &mut (impl FnMut() + Send),
    ) {
        tick();
        for _ in 0..count {
            task::sleep(delay).await;
            tick();
        }
    }

    async fn fixed_rate(
        _: AsyncStdTimer,
        count: u32,
        period: Duration,
        tick: &mut (impl FnMut() + Send),
    ) {
        let mut due = Instant::now();
        tick();
        for _ in 0..count {
            due += period;
            task::sleep(due.saturating_duration_since(Instant::now())).await;
            tick();
        }
    }
}
