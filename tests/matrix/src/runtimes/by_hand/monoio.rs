use core::future::Future;
use core::time::Duration;
use std::time::Instant;

use ::monoio::time::{sleep, sleep_until};
use anytempo_monoio::MonoioTimer;
use compio_send_wrapper::SendWrapper;

use crate::bench::Ground;
use crate::runtimes::RunError;
use crate::runtimes::by_hand::OneThread;
use crate::runtimes::monoio::started;

/// Its runtime, with all tasks on one thread.
pub(crate) struct Monoio;

impl Ground for Monoio {
    type Timer = OneThread<MonoioTimer>;

    fn run<F>(main: impl FnOnce(Self) -> F) -> Result<F::Output, RunError>
    where
        F: Future + 'static,
    {
        let main = main(Self);
        Ok(started()?.block_on(main))
    }

    fn timer(&self) -> Self::Timer {
        OneThread(MonoioTimer)
    }

    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        // Nobody waits for it.
        drop(::monoio::spawn(task));
    }

    fn until(_: Self::Timer, deadline: Instant) -> impl Future<Output = ()> + Send + 'static {
        until(deadline)
    }

    fn sleep(_: Self::Timer, delay: Duration) -> impl Future<Output = ()> + Send + 'static {
        SendWrapper::new(sleep(delay))
    }

    async fn fixed_delay(
        _: Self::Timer,
        count: u32,
        delay: Duration,
        tick: &mut (impl FnMut() + Send),
    ) {
        tick();
        for _ in 0..count {
            SendWrapper::new(sleep(delay)).await;
            tick();
        }
    }

    async fn fixed_rate(
        _: Self::Timer,
        count: u32,
        period: Duration,
        tick: &mut (impl FnMut() + Send),
    ) {
        let mut due = Instant::now();
        tick();
        for _ in 0..count {
            due += period;
            until(due).await;
            tick();
        }
    }
}

fn until(deadline: Instant) -> impl Future<Output = ()> + Send + 'static {
    SendWrapper::new(sleep_until(deadline.into()))
}
