//! The rows of the table of runtimes.

use anytempo::Timer;
use anytempo::future::Sleep;
use anytempo_async_std::AsyncStdTimer;
use anytempo_compio::CompioTimer;
use anytempo_conformance::harness::{
    Promise, promises_across_threads, promises_of_spawner_across_threads,
};
use anytempo_conformance::suite::Spawns;
use anytempo_embassy::EmbassyTimer;
use anytempo_smol::SmolTimer;
use anytempo_tokio::TokioTimer;
use anytempo_virtual::VirtualClock;

use super::{
    Runtime, async_std, by_hand, compio, embassy, futures_timer, monoio, smol, tokio, virtual_time,
};
use crate::bench;
use crate::runtimes::boards::{self, BOARDS, RTIC};

/// Every runtime there is.
pub static RUNTIMES: &[Runtime] = &[
    Runtime {
        run: tokio::current_thread,
        measure: bench::measure::<by_hand::Tokio<false>>,
        promises: || with_spawner(|| tokio::Cases::<false>),
        sleep_bytes: Some(size_of::<Sleep<TokioTimer>>()),
        ..named("tokio")
    },
    Runtime {
        threads: || tokio::WORKERS,
        run: tokio::multi_thread,
        measure: bench::measure::<by_hand::Tokio<true>>,
        promises: || with_spawner(|| tokio::Cases::<true>),
        sleep_bytes: Some(size_of::<Sleep<TokioTimer>>()),
        ..named("tokio-multi")
    },
    Runtime {
        threads: async_std::threads,
        descriptors: 3,
        run: async_std::run,
        measure: bench::measure::<by_hand::AsyncStd>,
        promises: || with_spawner(|| async_std::AsyncStd),
        sleep_bytes: Some(size_of::<Sleep<AsyncStdTimer>>()),
        ..named("async-std")
    },
    Runtime {
        threads: || 1,
        descriptors: 3,
        run: smol::run,
        measure: bench::measure::<by_hand::Smol>,
        promises: || with_spawner(|| smol::Smol),
        sleep_bytes: Some(size_of::<Sleep<SmolTimer>>()),
        ..named("smol")
    },
    // A task of embassy lies in a static of its own type, so that a close of any type cannot become one.
    Runtime {
        // Its queue has 128 places.
        most_tasks: Some(100),
        threads: || 1,
        run: embassy::run,
        measure: bench::measure::<by_hand::Embassy>,
        promises: || promises_across_threads(|| embassy::Embassy),
        sleep_bytes: Some(size_of::<Sleep<EmbassyTimer>>()),
        ..named("embassy")
    },
    // It is a timer, and has no tasks.
    Runtime {
        threads: || 1,
        run: futures_timer::run,
        measure: bench::measure::<by_hand::FuturesTimer>,
        promises: || promises_across_threads(|| futures_timer::Helper),
        sleep_bytes: Some(size_of::<Sleep<futures_timer::FuturesTimer>>()),
        ..named("futures-timer")
    },
    Runtime {
        descriptors: 3,
        run: compio::run,
        measure: bench::measure::<by_hand::Compio>,
        promises: compio::promises,
        sleep_bytes: Some(size_of::<Sleep<CompioTimer>>()),
        ..named("compio")
    },
    Runtime {
        descriptors: 2,
        run: monoio::run,
        measure: monoio::measure,
        promises: monoio::promises,
        lack: monoio::LACK,
        sleep_bytes: monoio::SLEEP_BYTES,
        ..named("monoio")
    },
    Runtime {
        exact: true,
        run: virtual_time::run,
        measure: bench::measure::<by_hand::Virtual>,
        promises: || with_spawner(|| virtual_time::Virtual),
        sleep_bytes: Some(size_of::<Sleep<VirtualClock>>()),
        ..named("virtual")
    },
    board::<0>(),
    board::<1>(),
    board::<2>(),
    board::<3>(),
    board::<4>(),
    board::<5>(),
    Runtime {
        run: |command, sink| RTIC.program(command, sink),
        promises: || RTIC.promises(),
        board: Some(&RTIC),
        ..named("rtic")
    },
];

/// What most runtimes have in common. Their rows say what they run.
const fn named(name: &'static str) -> Runtime {
    Runtime {
        name,
        exact: false,
        most_tasks: None,
        threads: || 0,
        descriptors: 0,
        run: |_, _| Err(super::RunError::new("nothing to run")),
        promises: Vec::new,
        measure: boards::no_benchmark,
        sleep_bytes: None,
        board: None,
        lack: None,
    }
}

/// The row of a board, by its place in [`BOARDS`].
const fn board<const N: usize>() -> Runtime {
    Runtime {
        run: |command, sink| BOARDS[N].program(command, sink),
        promises: || BOARDS[N].promises(),
        board: Some(&BOARDS[N]),
        ..named(BOARDS[N].name)
    }
}

/// Every case, for a runtime that has a spawner.
fn with_spawner<R>(make: fn() -> R) -> Vec<Promise>
where
    R: Spawns<Timer: Timer<Sleep: Send + 'static>, Spawner: Send> + 'static,
{
    // The unit tests look at names only. There each such runtime has the cases on the virtual clock, as it takes minutes to
    // compile all of them once more.
    #[cfg(test)]
    let (_, make) = (make, || virtual_time::Virtual);
    let mut promises = promises_across_threads(make);
    promises.extend(promises_of_spawner_across_threads(make));
    promises
}
