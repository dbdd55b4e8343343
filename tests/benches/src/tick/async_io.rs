use core::hint::black_box;
use core::time::Duration;
use std::time::Instant;

use anytempo::stream::FixedRate;
use anytempo::{StreamTimeExt, Timer as _, next, range};
use anytempo_smol::SmolTimer;
use async_io::{Timer, block_on};

use super::consume;
use crate::way::{Job, Of, Way};

pub(crate) const JOB: Job = Job {
    name: "tick_async_io",
    title: "a tick on async-io, real clock",
    times: 400,
    is_real: true,
    timer_allocates: 0.0,
    ways: &[
        Way { name: "set_after_loop", of: Of::Hand, run: set_after_loop },
        Way { name: "set_at_loop_fixed", of: Of::Hand, run: set_at_loop_fixed },
        Way { name: "countdown", of: Of::Anytempo, run: countdown },
        Way { name: "countdown_fixed", of: Of::Anytempo, run: countdown_fixed },
        Way { name: "pace", of: Of::Anytempo, run: pace },
        Way { name: "after_loop", of: Of::Peer, run: after_loop },
        Way { name: "interval", of: Of::Peer, run: interval },
        Way { name: "async_stream", of: Of::Peer, run: async_stream },
        Way { name: "futures_time_sleep_loop", of: Of::Peer, run: futures_time_sleep_loop },
        Way { name: "futures_time_interval", of: Of::Peer, run: futures_time_interval },
        Way { name: "async_std_sleep_loop", of: Of::Peer, run: async_std_sleep_loop },
        Way { name: "async_std_interval", of: Of::Peer, run: async_std_interval },
    ],
};

// Longer than a tick takes while its instructions are counted: a timer that is due at once would take another path.
const DELAY: Duration = Duration::from_millis(3);

fn set_after_loop(times: u32) {
    block_on(async move {
        let mut timer = Timer::never();
        for number in (1..=times).rev() {
            black_box(number);
            timer.set_after(DELAY);
            (&mut timer).await;
        }
        black_box(0_u32);
    });
}

fn set_at_loop_fixed(times: u32) {
    block_on(async move {
        let mut timer = Timer::never();
        let mut deadline = Instant::now();
        for number in (1..=times).rev() {
            black_box(number);
            deadline += DELAY;
            timer.set_at(deadline);
            (&mut timer).await;
        }
        black_box(0_u32);
    });
}

fn countdown(times: u32) {
    block_on(consume(SmolTimer.countdown(times, DELAY)));
}

fn countdown_fixed(times: u32) {
    block_on(consume(SmolTimer.countdown(times, DELAY).rate(FixedRate)));
}

fn pace(times: u32) {
    block_on(consume(range((0..=times).rev()).pace(SmolTimer, DELAY)));
}

fn after_loop(times: u32) {
    block_on(async move {
        for number in (1..=times).rev() {
            black_box(number);
            Timer::after(DELAY).await;
        }
        black_box(0_u32);
    });
}

fn interval(times: u32) {
    block_on(async move {
        let mut ticks = Timer::interval(DELAY);
        for number in (1..=times).rev() {
            black_box(number);
            next(&mut ticks).await;
        }
        black_box(0_u32);
    });
}

fn async_stream(times: u32) {
    block_on(consume(async_stream::stream! {
        for number in (1..=times).rev() {
            yield number;
            Timer::after(DELAY).await;
        }
        yield 0;
    }));
}

fn futures_time_sleep_loop(times: u32) {
    block_on(async move {
        for number in (1..=times).rev() {
            black_box(number);
            futures_time::task::sleep(DELAY.into()).await;
        }
        black_box(0_u32);
    });
}

fn futures_time_interval(times: u32) {
    block_on(async move {
        let mut ticks = futures_time::stream::interval(DELAY.into());
        for number in (1..=times).rev() {
            black_box(number);
            next(&mut ticks).await;
        }
        black_box(0_u32);
    });
}

fn async_std_sleep_loop(times: u32) {
    async_std::task::block_on(async move {
        for number in (1..=times).rev() {
            black_box(number);
            async_std::task::sleep(DELAY).await;
        }
        black_box(0_u32);
    });
}

fn async_std_interval(times: u32) {
    async_std::task::block_on(async move {
        let mut ticks = async_std::stream::interval(DELAY);
        for number in (1..=times).rev() {
            black_box(number);
            next(&mut ticks).await;
        }
        black_box(0_u32);
    });
}
