use core::future::Future;
use core::pin::pin;
use core::time::Duration;

use ::tokio::runtime::Builder;
use ::tokio::time::{Instant, interval, sleep, sleep_until};
use anytempo_tokio::TokioTimer;

use crate::bench::Ground;
use crate::runtimes::{RunError, tokio::started};

/// The scheduler with one thread, or with `MULTI` that with two workers.
pub(crate) struct Tokio<const MULTI: bool>;

impl<const MULTI: bool> Ground for Tokio<MULTI> {
    type Timer = TokioTimer;

    fn run<F>(main: impl FnOnce(Self) -> F) -> Result<F::Output, RunError>
    where
        F: Future + 'static,
    {
        let mut builder = match MULTI {
            false => Builder::new_current_thread(),
            true => Builder::new_multi_thread(),
        };
        let runtime = started(builder.worker_threads(2).enable_time().build())?;
        Ok(runtime.block_on(async { main(Self).await }))
    }

    fn timer(&self) -> TokioTimer {
        TokioTimer
    }

    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        // Nobody waits for it.
        drop(::tokio::spawn(task));
    }

    fn until(
        _: TokioTimer,
        deadline: anytempo_tokio::Instant,
    ) -> impl Future<Output = ()> + Send + 'static {
        sleep_until(deadline.into())
    }

    fn sleep(_: TokioTimer, delay: Duration) -> impl Future<Output = ()> + Send + 'static {
        sleep(delay)
    }

    async fn fixed_delay(
        _: TokioTimer,
        count: u32,
        delay: Duration,
        tick: &mut (impl FnMut() + Send),
    ) {
        tick();
        let mut wait = pin!(sleep(delay));
        for left in (0..count).rev() {
            wait.as_mut().await;
            tick();
            if left > 0 {
                wait.as_mut().reset(Instant::now() + delay);
            }
        }
    }

    async fn fixed_rate(
        _: TokioTimer,
        count: u32,
        period: Duration,
        tick: &mut (impl FnMut() + Send),
    ) {
        let mut ticks = interval(period);
        for _ in 0..=count {
            ticks.tick().await;
            tick();
        }
    }
}
