use core::future::Future;
use core::pin::pin;
use core::time::Duration;

use anytempo::{Instant as _, RawSleep, Timer};
use anytempo_virtual::{Executor, Instant, Spawner, VirtualClock};

use crate::bench::Ground;
use crate::runtimes::RunError;
use crate::runtimes::virtual_time::stuck;

/// The simulated clock and its executor. By hand is here: with the raw waits of the clock, without a combinator.
pub(crate) struct Virtual {
    clock: VirtualClock,
    spawner: Spawner,
}

impl Ground for Virtual {
    type Timer = VirtualClock;

    fn run<F>(main: impl FnOnce(Self) -> F) -> Result<F::Output, RunError>
    where
        F: Future + 'static,
    {
        let clock = VirtualClock::new();
        let executor = Executor::new(&clock);
        let main = main(Self { clock, spawner: executor.spawner() });
        executor.block_on(main).map_err(|deadlock| stuck(&deadlock))
    }

    fn timer(&self) -> VirtualClock {
        self.clock.clone()
    }

    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        // Nobody waits for it.
        drop(self.spawner.spawn(task));
    }

    fn until(clock: VirtualClock, deadline: Instant) -> impl Future<Output = ()> + Send + 'static {
        clock.raw_sleep(Some(deadline))
    }

    fn sleep(clock: VirtualClock, delay: Duration) -> impl Future<Output = ()> + Send + 'static {
        clock.raw_sleep(clock.now().checked_add(delay))
    }

    async fn fixed_delay(
        clock: VirtualClock,
        count: u32,
        delay: Duration,
        tick: &mut (impl FnMut() + Send),
    ) {
        tick();
        let mut wait = pin!(clock.raw_sleep(clock.now().checked_add(delay)));
        for left in (0..count).rev() {
            wait.as_mut().await;
            tick();
            if left > 0 {
                wait.as_mut().reset(clock.now().checked_add(delay));
            }
        }
    }

    async fn fixed_rate(
        clock: VirtualClock,
        count: u32,
        period: Duration,
        tick: &mut (impl FnMut() + Send),
    ) {
        let mut due = clock.now().checked_add(period);
        tick();
        let mut wait = pin!(clock.raw_sleep(due));
        for left in (0..count).rev() {
            wait.as_mut().await;
            tick();
            if left > 0 {
                due = due.and_then(|due| due.checked_add(period));
                wait.as_mut().reset(due);
            }
        }
    }
}
