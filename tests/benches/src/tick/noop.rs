use core::hint::black_box;
use core::pin::pin;
use core::time::Duration;

use anytempo::stream::FixedRate;
use anytempo::{Instant as _, RawSleep as _, StreamTimeExt, Timer, range};

use super::consume;
use crate::floor::{NoopTimer, block_on};
use crate::way::{Job, Of, Way};

pub(crate) const JOB: Job = Job {
    name: "tick_noop",
    title: "a tick on a timer that does nothing",
    times: 1000,
    is_real: false,
    timer_allocates: 0.0,
    ways: &[
        Way { name: "reset_loop", of: Of::Hand, run: reset_loop },
        Way { name: "countdown", of: Of::Anytempo, run: countdown },
        Way { name: "countdown_fixed", of: Of::Anytempo, run: countdown_fixed },
        Way { name: "pace", of: Of::Anytempo, run: pace },
        Way { name: "pace_fixed", of: Of::Anytempo, run: pace_fixed },
        Way { name: "sleep_loop", of: Of::Anytempo, run: sleep_loop },
        Way { name: "async_stream", of: Of::Peer, run: async_stream },
    ],
};

const TIMER: NoopTimer<0> = NoopTimer;
const DELAY: Duration = Duration::from_millis(1);

fn reset_loop(times: u32) {
    block_on(async move {
        let mut sleep = pin!(TIMER.raw_sleep(None));
        let delay = <NoopTimer<0> as Timer>::Instant::delta_ceil(DELAY);
        for number in (1..=times).rev() {
            black_box(number);
            sleep.as_mut().reset(TIMER.now().checked_add(delay));
            sleep.as_mut().await;
        }
        black_box(0_u32);
    });
}

fn countdown(times: u32) {
    block_on(consume(TIMER.countdown(times, DELAY)));
}

fn countdown_fixed(times: u32) {
    block_on(consume(TIMER.countdown(times, DELAY).rate(FixedRate)));
}

fn pace(times: u32) {
    block_on(consume(range((0..=times).rev()).pace(TIMER, DELAY)));
}

fn pace_fixed(times: u32) {
    block_on(consume(range((0..=times).rev()).pace(TIMER, DELAY).rate(FixedRate)));
}

fn sleep_loop(times: u32) {
    block_on(async move {
        for number in (1..=times).rev() {
            black_box(number);
            TIMER.sleep(DELAY).await;
        }
        black_box(0_u32);
    });
}

fn async_stream(times: u32) {
    block_on(consume(async_stream::stream! {
        let mut sleep = pin!(TIMER.raw_sleep(None));
        let delay = <NoopTimer<0> as Timer>::Instant::delta_ceil(DELAY);
        for number in (1..=times).rev() {
            yield number;
            sleep.as_mut().reset(TIMER.now().checked_add(delay));
            sleep.as_mut().await;
        }
        yield 0;
    }));
}
