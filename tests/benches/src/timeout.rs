//! A time limit that is never reached: on a future that is ready at once, and on one that yields once.

use core::future::{Future, Ready, ready};
use core::hint::black_box;
use core::pin::pin;
use core::sync::atomic::Ordering::Relaxed;
use core::time::Duration;

use anytempo::Timer;
use anytempo_embassy::EmbassyTimer;
use anytempo_smol::SmolTimer;
use anytempo_tokio::TokioTimer;
use async_io::block_on as async_io_block_on;

use crate::floor::{YieldOnce, block_on as floor_block_on, opaque};
use crate::tick::embassy::IS_LOCKED;
use crate::tick::tokio::block_on as tokio_block_on;
use crate::way::{Job, Of, Way};

const LIMIT: Duration = Duration::from_secs(10);

fn at_once() -> Ready<u32> {
    ready(black_box(7))
}

/// The same loop for each way: a limit is made, put on a new future, and awaited.
macro_rules! ways {
    ($block_on:ident: $($name:ident = |$future:ident| $limited:expr;)*) => {
        pub(super) mod ready {
            use super::*;
            $(pub(crate) fn $name(times: u32) {
                $block_on(async move {
                    for _ in 0..times {
                        let $future = at_once();
                        _ = black_box(opaque(pin!($limited)).await);
                    }
                });
            })*
        }
        pub(super) mod one_yield {
            use super::*;
            $(pub(crate) fn $name(times: u32) {
                $block_on(async move {
                    for _ in 0..times {
                        let $future = YieldOnce::default();
                        _ = black_box(opaque(pin!($limited)).await);
                    }
                });
            })*
        }
    };
}

mod tokio_ways {
    use super::*;
    ways! { tokio_block_on:
        bare = |future| future;
        timeout = |future| TokioTimer.timeout(LIMIT, future);
        tokio_timeout = |future| tokio::time::timeout(LIMIT, future);
    }
}

mod async_io_ways {
    use super::*;
    use futures_time::future::FutureExt as _;
    ways! { async_io_block_on:
        bare = |future| future;
        timeout = |future| SmolTimer.timeout(LIMIT, future);
        futures_time_timeout = |future| future.timeout(futures_time::time::Duration::from(LIMIT));
        async_std_timeout = |future| async_std::future::timeout(LIMIT, future);
    }
}

mod embassy_ways {
    use super::*;
    const TICKS: embassy_time::Duration = embassy_time::Duration::from_secs(10);
    ways! { floor_block_on:
        bare = |future| future;
        timeout = |future| EmbassyTimer.timeout(LIMIT, future);
        with_timeout = |future| embassy_time::with_timeout(TICKS, future);
    }
}

/// With a limit that is known only at run time.
mod embassy_runtime_ways {
    use super::*;
    ways! { floor_block_on:
        bare = |future| future;
        timeout = |future| EmbassyTimer.timeout(Duration::from_millis(millis().into()), future);
        with_timeout = |future| embassy_time::with_timeout(
            embassy_time::Duration::from_millis(millis().into()),
            future,
        );
    }

    fn millis() -> u32 {
        black_box(10_000)
    }
}

/// With a clock that costs more to read.
mod embassy_locked_ways {
    use super::*;
    const TICKS: embassy_time::Duration = embassy_time::Duration::from_secs(10);
    ways! { locked_block_on:
        bare = |future| future;
        timeout = |future| EmbassyTimer.timeout(LIMIT, future);
        with_timeout = |future| embassy_time::with_timeout(TICKS, future);
    }

    fn locked_block_on(future: impl Future<Output = ()>) {
        IS_LOCKED.store(true, Relaxed);
        floor_block_on(future);
        IS_LOCKED.store(false, Relaxed);
    }
}

macro_rules! job {
    ($job:ident, $name:literal, $title:literal, $is_real:literal, $timer_allocates:literal, $ways:ident::$kind:ident: $($way:ident $of:ident),*) => {
        pub(crate) const $job: Job = Job {
            name: $name,
            title: $title,
            times: 5000,
            is_real: $is_real,
            timer_allocates: $timer_allocates,
            ways: &[$(Way { name: stringify!($way), of: Of::$of, run: $ways::$kind::$way }),*],
        };
    };
}

job!(TOKIO_READY, "timeout_ready_tokio", "a limit on what is ready at once, on tokio", false, 0.0, tokio_ways::ready:
    bare Hand, timeout Anytempo, tokio_timeout Peer);
job!(TOKIO_YIELD, "timeout_yield_tokio", "a limit on what yields once, on tokio", false, 0.0, tokio_ways::one_yield:
    bare Hand, timeout Anytempo, tokio_timeout Peer);
job!(ASYNC_IO_READY, "timeout_ready_async_io", "a limit on what is ready at once, on async-io", false, 0.0, async_io_ways::ready:
    bare Hand, timeout Anytempo, futures_time_timeout Peer, async_std_timeout Peer);
job!(ASYNC_IO_YIELD, "timeout_yield_async_io", "a limit on what yields once, on async-io", true, 1.0, async_io_ways::one_yield:
    bare Hand, timeout Anytempo, futures_time_timeout Peer, async_std_timeout Peer);
job!(EMBASSY_READY, "timeout_ready_embassy", "a limit on what is ready at once, on embassy", false, 0.0, embassy_ways::ready:
    bare Hand, timeout Anytempo, with_timeout Peer);
job!(EMBASSY_YIELD, "timeout_yield_embassy", "a limit on what yields once, on embassy", false, 0.0, embassy_ways::one_yield:
    bare Hand, timeout Anytempo, with_timeout Peer);
job!(EMBASSY_READY_RUNTIME, "timeout_ready_embassy_runtime", "a limit known at run time on what is ready at once, on embassy", false, 0.0,
    embassy_runtime_ways::ready: bare Hand, timeout Anytempo, with_timeout Peer);
job!(EMBASSY_YIELD_RUNTIME, "timeout_yield_embassy_runtime", "a limit known at run time on what yields once, on embassy", false, 0.0,
    embassy_runtime_ways::one_yield: bare Hand, timeout Anytempo, with_timeout Peer);
job!(EMBASSY_READY_LOCKED, "timeout_ready_embassy_locked", "a limit on what is ready at once, on embassy, with a clock behind a lock", false, 0.0,
    embassy_locked_ways::ready: bare Hand, timeout Anytempo, with_timeout Peer);
job!(EMBASSY_YIELD_LOCKED, "timeout_yield_embassy_locked", "a limit on what yields once, on embassy, with a clock behind a lock", false, 0.0,
    embassy_locked_ways::one_yield: bare Hand, timeout Anytempo, with_timeout Peer);
