//! A task of a test, from its spawning to its end, on the virtual clock and on tokio's paused one.

use core::future::{Future, poll_fn};
use core::pin::pin;
use core::task::Poll;
use core::time::Duration;

use anytempo::{Timer as _, next};
use anytempo_virtual::{Executor, VirtualClock};

use crate::way::{Job, Of, Way};

/// So many that the order of a thousand deadlines, each of ten tasks, is part of the work.
const TASKS: u32 = 10_000;

macro_rules! job {
    ($name:literal, $title:literal, $tokio:expr, $virtual:expr) => {
        Job {
            name: $name,
            title: $title,
            times: TASKS,
            is_real: false,
            timer_allocates: 2.0,
            ways: &[
                Way {
                    name: "tokio_paused",
                    of: Of::Peer,
                    run: |times| on_tokio(times, |number| $tokio(number)),
                },
                Way {
                    name: "virtual_clock",
                    of: Of::Anytempo,
                    run: |times| on_virtual(times, |clock, number| $virtual(clock, number)),
                },
            ],
        }
    };
}

pub(crate) const SLEEP: Job = job!(
    "simulated_sleep",
    "a task that sleeps once, on paused time",
    |number| tokio::time::sleep(span(number)),
    |clock: VirtualClock, number| async move { clock.sleep(span(number)).await }
);

pub(crate) const YIELDS: Job = job!(
    "simulated_yields",
    "a task that yields ten times, on paused time",
    |_| ten_yields(),
    |_, _| ten_yields()
);

pub(crate) const COUNTDOWN: Job = job!(
    "simulated_countdown",
    "a task that waits five times for a millisecond, on paused time",
    |_| async {
        for _ in 0..5 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    },
    |clock: VirtualClock, _| async move {
        let mut numbers = pin!(clock.countdown(5, Duration::from_millis(1)));
        while next(&mut numbers).await.is_some() {}
    }
);

/// One of a thousand deadlines, in no order.
fn span(number: u32) -> Duration {
    Duration::from_millis(1 + u64::from(number) * 7919 % 1000)
}

async fn ten_yields() {
    for _ in 0..10 {
        let mut is_woken = false;
        poll_fn(|cx| {
            if is_woken {
                return Poll::Ready(());
            }
            is_woken = true;
            cx.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
    }
}

fn on_tokio<F>(times: u32, task: impl Fn(u32) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_time().start_paused(true).build().expect("a runtime starts");
    runtime.block_on(async {
        let tasks: Vec<_> = (0..times).map(|number| tokio::spawn(task(number))).collect();
        for task in tasks {
            task.await.expect("the task ends");
        }
    });
}

fn on_virtual<F>(times: u32, task: impl Fn(VirtualClock, u32) -> F)
where
    F: Future<Output = ()> + 'static,
{
    let clock = VirtualClock::new();
    let executor = Executor::new(&clock);
    let tasks: Vec<_> =
        (0..times).map(|number| executor.spawn(task(clock.clone(), number))).collect();
    let all = async {
        for task in tasks {
            task.await.expect("the task ends");
        }
    };
    executor.block_on(all).expect("all tasks end");
}
