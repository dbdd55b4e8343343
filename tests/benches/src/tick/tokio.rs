use core::future::Future;
use core::hint::black_box;
use core::pin::pin;
use core::time::Duration;

use anytempo::stream::{FixedRate, Rate, Skip};
use anytempo::{StreamTimeExt, Timer, next, range};
use anytempo_tokio::TokioTimer;
use tokio::time::{self, Instant};
use tokio_stream::StreamExt;
use tokio_stream::wrappers::IntervalStream;

use super::consume;
use crate::way::{Job, Of, Way};

pub(crate) const JOB: Job = Job {
    name: "tick_tokio",
    title: "a tick on tokio, paused clock",
    times: 1000,
    is_real: false,
    timer_allocates: 0.0,
    ways: &[
        Way { name: "reset_loop", of: Of::Hand, run: reset_loop },
        Way { name: "reset_loop_fixed", of: Of::Hand, run: reset_loop_fixed },
        Way { name: "countdown", of: Of::Anytempo, run: countdown },
        Way { name: "countdown_fixed", of: Of::Anytempo, run: countdown_fixed },
        Way { name: "pace", of: Of::Anytempo, run: pace },
        Way { name: "pace_fixed", of: Of::Anytempo, run: pace_fixed },
        Way {
            name: "anytempo_interval",
            of: Of::Anytempo,
            run: |times| anytempo_interval(times, Skip),
        },
        Way {
            name: "anytempo_interval_fixed",
            of: Of::Anytempo,
            run: |times| anytempo_interval(times, FixedRate),
        },
        Way { name: "anytempo_sleep_loop", of: Of::Anytempo, run: anytempo_sleep_loop },
        Way { name: "sleep_loop", of: Of::Peer, run: sleep_loop },
        Way { name: "interval", of: Of::Peer, run: interval },
        Way { name: "interval_skip", of: Of::Peer, run: interval_skip },
        Way { name: "interval_stream", of: Of::Peer, run: interval_stream },
        Way { name: "throttle", of: Of::Peer, run: throttle },
        Way { name: "async_stream", of: Of::Peer, run: async_stream },
    ],
};

const DELAY: Duration = Duration::from_millis(1);

/// Without the driver for input and output: it would make two system calls in each tick, whatever counts it.
pub(crate) fn block_on(future: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime without drivers for devices can be made")
        .block_on(future);
}

fn reset_loop(times: u32) {
    block_on(async move {
        let mut sleep = pin!(time::sleep(DELAY));
        for number in (1..=times).rev() {
            black_box(number);
            sleep.as_mut().reset(Instant::now() + DELAY);
            sleep.as_mut().await;
        }
        black_box(0_u32);
    });
}

fn reset_loop_fixed(times: u32) {
    block_on(async move {
        let mut sleep = pin!(time::sleep_until(Instant::now()));
        for number in (1..=times).rev() {
            black_box(number);
            let deadline = sleep.deadline() + DELAY;
            sleep.as_mut().reset(deadline);
            sleep.as_mut().await;
        }
        black_box(0_u32);
    });
}

fn countdown(times: u32) {
    block_on(consume(TokioTimer.countdown(times, DELAY)));
}

fn countdown_fixed(times: u32) {
    block_on(consume(TokioTimer.countdown(times, DELAY).rate(FixedRate)));
}

fn pace(times: u32) {
    block_on(consume(range((0..=times).rev()).pace(TokioTimer, DELAY)));
}

fn pace_fixed(times: u32) {
    block_on(consume(range((0..=times).rev()).pace(TokioTimer, DELAY).rate(FixedRate)));
}

fn anytempo_interval(times: u32, rate: impl Rate) {
    block_on(async move {
        let mut ticks = pin!(TokioTimer.interval(DELAY).rate(rate));
        for number in (0..=times).rev() {
            next(&mut ticks).await;
            black_box(number);
        }
    });
}

fn anytempo_sleep_loop(times: u32) {
    block_on(async move {
        for number in (1..=times).rev() {
            black_box(number);
            TokioTimer.sleep(DELAY).await;
        }
        black_box(0_u32);
    });
}

fn sleep_loop(times: u32) {
    block_on(async move {
        for number in (1..=times).rev() {
            black_box(number);
            time::sleep(DELAY).await;
        }
        black_box(0_u32);
    });
}

fn interval(times: u32) {
    block_on(async move {
        let mut interval = time::interval(DELAY);
        for number in (0..=times).rev() {
            interval.tick().await;
            black_box(number);
        }
    });
}

fn interval_skip(times: u32) {
    block_on(async move {
        let mut interval = time::interval(DELAY);
        interval.set_missed_tick_behavior(time::MissedTickBehavior::Skip);
        for number in (0..=times).rev() {
            interval.tick().await;
            black_box(number);
        }
    });
}

fn interval_stream(times: u32) {
    block_on(async move {
        let ticks = IntervalStream::new(time::interval(DELAY));
        let count = usize::try_from(times).unwrap_or(usize::MAX).saturating_add(1);
        consume(ticks.take(count)).await;
    });
}

fn throttle(times: u32) {
    block_on(async move {
        consume(futures_util::stream::iter((0..=times).rev()).throttle(DELAY)).await;
    });
}

fn async_stream(times: u32) {
    block_on(consume(async_stream::stream! {
        for number in (1..=times).rev() {
            yield number;
            time::sleep(DELAY).await;
        }
        yield 0;
    }));
}
