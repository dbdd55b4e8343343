//! Each combinator once, from its making to its end, on a timer that does nothing: for its cost, and because none may
//! allocate.

use core::future::ready;
use core::pin::pin;
use core::time::Duration;

use anytempo::generate::Yielder;
use anytempo::{StreamTimeExt, Timer, next, next_or, range};

use crate::floor::{NoopTimer, YieldOnce, block_on, opaque};
use crate::way::{Job, Of, Way};

pub(crate) const JOB: Job = Job {
    name: "combinators",
    title: "a combinator once, from its making to its end, on a timer that does nothing",
    times: 500,
    is_real: false,
    timer_allocates: 0.0,
    ways: &[
        Way { name: "yield_once", of: Of::Hand, run: yield_once },
        Way { name: "sleep", of: Of::Anytempo, run: sleep },
        Way { name: "sleep_until", of: Of::Anytempo, run: sleep_until },
        Way { name: "timeout", of: Of::Anytempo, run: timeout },
        Way { name: "timeout_at", of: Of::Anytempo, run: timeout_at },
        Way { name: "stall", of: Of::Anytempo, run: stall },
        Way { name: "stream_stall", of: Of::Anytempo, run: stream_stall },
        Way { name: "countdown_1", of: Of::Anytempo, run: countdown },
        Way { name: "pace_2", of: Of::Anytempo, run: pace },
        Way { name: "range_next_or", of: Of::Anytempo, run: range_next_or },
        Way { name: "generate_1", of: Of::Anytempo, run: generate },
    ],
};

const TIMER: NoopTimer<1> = NoopTimer;
const DELAY: Duration = Duration::from_millis(1);

/// The same loop for each.
macro_rules! each {
    ($($name:ident: $once:expr;)*) => {
        $(fn $name(times: u32) {
            block_on(async move {
                for _ in 0..times {
                    _ = opaque(pin!($once)).await;
                }
            });
        })*
    };
}

each! {
    yield_once: YieldOnce::default();
    sleep: TIMER.sleep(DELAY);
    sleep_until: TIMER.sleep_until(TIMER.after(DELAY));
    timeout: TIMER.timeout(DELAY, YieldOnce::default());
    timeout_at: TIMER.timeout_at(TIMER.after(DELAY), YieldOnce::default());
    stall: TIMER.stall(DELAY, ready(()));
    stream_stall: drain(range(0..1).stall(TIMER, DELAY));
    countdown: drain(TIMER.countdown(1, DELAY));
    pace: drain(range(0..2).pace(TIMER, DELAY));
    range_next_or: async { next_or(&mut range(0..1), 7).await };
    generate: drain(anytempo::generate(async |mut y: Yielder<'_, u32>| y.emit(1).await));
}

async fn drain(stream: impl futures_core::Stream<Item = u32>) {
    let mut stream = pin!(stream);
    while next(&mut stream).await.is_some() {}
}
