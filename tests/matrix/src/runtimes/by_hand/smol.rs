use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;
use std::time::Instant;

use ::smol::Timer;
use ::smol::stream::StreamExt;
use anytempo_smol::SmolTimer;

use crate::bench::Ground;
use crate::runtimes::RunError;

/// The global executor, which has one thread unless it is told otherwise.
pub(crate) struct Smol;

impl Ground for Smol {
    type Timer = SmolTimer;

    fn run<F>(main: impl FnOnce(Self) -> F) -> Result<F::Output, RunError>
    where
        F: Future + 'static,
    {
        Ok(::smol::block_on(main(Self)))
    }

    fn timer(&self) -> SmolTimer {
        SmolTimer
    }

    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        ::smol::spawn(task).detach();
    }

    async fn until(_: SmolTimer, deadline: Instant) {
        Timer::at(deadline).await;
    }

    fn sleep(_: SmolTimer, delay: Duration) -> impl Future<Output = ()> + Send + 'static {
        Quiet(Timer::after(delay))
    }

    async fn fixed_delay(
        _: SmolTimer,
        count: u32,
        delay: Duration,
        tick: &mut (impl FnMut() + Send),
    ) {
        tick();
        let mut wait = Timer::after(delay);
        for left in (0..count).rev() {
            (&mut wait).await;
            tick();
            if left > 0 {
                wait.set_after(delay);
            }
        }
    }

    async fn fixed_rate(
        _: SmolTimer,
        count: u32,
        period: Duration,
        tick: &mut (impl FnMut() + Send),
    ) {
        let mut ticks = Timer::interval_at(Instant::now(), period);
        for _ in 0..=count {
            ticks.next().await;
            tick();
        }
    }
}

/// A timer that tells no time when it ends, as a task must. It takes no more memory than the timer.
struct Quiet(Timer);

impl Future for Quiet {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        Pin::new(&mut self.0).poll(cx).map(|_| ())
    }
}
