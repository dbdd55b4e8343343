//! Waits behind a pointer, beside the same waits on the timer itself, and beside what is written without a timer type: a closure that
//! gives a boxed future.

use core::future::Future;
use core::hint::black_box;
use core::pin::{Pin, pin};
use core::time::Duration;
use std::sync::Arc;

use anytempo::{DynTimer, Timer};
use anytempo_embassy::EmbassyTimer;
use anytempo_tokio::TokioTimer;

use crate::floor::{NoopTimer, block_on as floor_block_on, opaque};
use crate::tick::consume;
use crate::tick::tokio::block_on as tokio_block_on;
use crate::way::{Job, Of, Way};

/// The bare timer and the same one behind a pointer.
macro_rules! jobs {
    ($($JOB:ident, $ways:ident: $name:literal, $title:literal, $allocates:literal,
        $block_on:ident, $bare:expr, $work:ident $(, $peer:ident)?;)*) => {$(
        mod $ways {
            use super::*;

            fn bare(times: u32) {
                $block_on(async move { $work($bare, times).await });
            }

            fn dyn_timer(times: u32) {
                $block_on(async move { $work(DynTimer::new($bare), times).await });
            }

            pub(crate) const JOB: Job = Job {
                name: $name,
                title: $title,
                times: 1000,
                is_real: false,
                timer_allocates: $allocates,
                ways: &[
                    Way { name: "bare", of: Of::Anytempo, run: bare },
                    Way { name: "dyn_timer", of: Of::Anytempo, run: dyn_timer },
                    $(Way { name: stringify!($peer), of: Of::Peer, run: $peer },)?
                ],
            };
        }

        pub(crate) const $JOB: Job = $ways::JOB;
    )*};
}

jobs! {
    WAIT_TOKIO, wait_tokio: "dyn_wait_tokio", "a sleep through a pointer, tokio, paused clock", 1.0,
        tokio_block_on, TokioTimer, sleeps, boxed_closure;
    TICK_TOKIO, tick_tokio: "dyn_tick_tokio", "a tick through a pointer, tokio, paused clock", 0.0,
        tokio_block_on, TokioTimer, ticks;
    TICK_EMBASSY, tick_embassy: "dyn_tick_embassy", "a tick through a pointer, embassy, simulated clock", 0.0,
        floor_block_on, EmbassyTimer, ticks;
    TICK_NOOP, tick_noop: "dyn_tick_noop", "a tick through a pointer, a timer that does nothing", 0.0,
        floor_block_on, NoopTimer::<2>, ticks;
    LIMIT_TOKIO, limit_tokio: "dyn_limit_tokio", "a limit through a pointer on what is ready at once, tokio", 0.0,
        tokio_block_on, TokioTimer, limits;
}

const SPAN: Duration = Duration::from_millis(1);

async fn sleeps(timer: impl Timer, times: u32) {
    for _ in 0..times {
        opaque(pin!(timer.sleep(SPAN))).await;
    }
}

async fn ticks(timer: impl Timer, times: u32) {
    consume(timer.countdown(times, SPAN)).await;
}

async fn limits(timer: impl Timer, times: u32) {
    for _ in 0..times {
        let ready = core::future::ready(black_box(7));
        _ = black_box(opaque(pin!(timer.timeout(SPAN, ready))).await);
    }
}

type Boxed = Pin<Box<dyn Future<Output = ()> + Send>>;

fn boxed_closure(times: u32) {
    let sleep: Arc<dyn Fn(Duration) -> Boxed + Send + Sync> =
        Arc::new(|delay| Box::pin(tokio::time::sleep(delay)));
    let sleep = black_box(sleep);
    tokio_block_on(async move {
        for _ in 0..times {
            sleep(SPAN).await;
        }
    });
}
