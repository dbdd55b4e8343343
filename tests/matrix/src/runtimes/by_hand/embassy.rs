use core::future::Future;
use core::time::Duration;

use anytempo_embassy::EmbassyTimer;
use embassy_executor::Spawner;
use embassy_executor::raw::TaskStorage;
use embassy_time::{Ticker, Timer};

use crate::bench::Ground;
use crate::runtimes::RunError;
use crate::runtimes::embassy::block_on;

/// Its executor for the host.
pub(crate) struct Embassy(Spawner);

impl Ground for Embassy {
    type Timer = EmbassyTimer;

    fn run<F>(main: impl FnOnce(Self) -> F) -> Result<F::Output, RunError>
    where
        F: Future + 'static,
    {
        let ended = block_on(|spawner| main(Self(spawner)));
        ended.ok_or_else(|| RunError::new("embassy could not spawn the benchmark"))
    }

    fn timer(&self) -> EmbassyTimer {
        EmbassyTimer
    }

    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        // embassy wants its tasks to live for ever.
        let storage = Box::leak(Box::new(TaskStorage::new()));
        if let Ok(token) = storage.spawn(|| task) {
            self.0.spawn(token);
        }
    }

    fn until(
        _: EmbassyTimer,
        deadline: anytempo_embassy::Instant,
    ) -> impl Future<Output = ()> + Send + 'static {
        Timer::at(deadline.into())
    }

    fn sleep(_: EmbassyTimer, delay: Duration) -> impl Future<Output = ()> + Send + 'static {
        Timer::after(span(delay))
    }

    async fn fixed_delay(
        _: EmbassyTimer,
        count: u32,
        delay: Duration,
        tick: &mut (impl FnMut() + Send),
    ) {
        let delay = span(delay);
        tick();
        for _ in 0..count {
            Timer::after(delay).await;
            tick();
        }
    }

    async fn fixed_rate(
        _: EmbassyTimer,
        count: u32,
        period: Duration,
        tick: &mut (impl FnMut() + Send),
    ) {
        let mut ticks = Ticker::every(span(period));
        tick();
        for _ in 0..count {
            ticks.next().await;
            tick();
        }
    }
}

fn span(duration: Duration) -> embassy_time::Duration {
    embassy_time::Duration::from_micros(duration.as_micros() as u64)
}
