//! The same scenario with tower's layer and with ours: the same answers at the same times.

mod hedge;
mod load_shed;
mod rate_limit;
mod retry;
mod timeout;

use core::fmt::Display;
use core::future::poll_fn;
use core::task::Poll;
use core::time::Duration;

use anytempo::Timer;
use anytempo_tokio::TokioTimer;
use anytempo_virtual::{Executor, VirtualClock};

/// What happened, and at which millisecond.
type Log = Vec<(u128, String)>;

/// How many random runs a test compares.
const SEEDS: u64 = 50;

fn millis(count: u64) -> Duration {
    Duration::from_millis(count)
}

fn on_tokio<R>(run: impl AsyncFnOnce(TokioTimer) -> R) -> R {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_time().start_paused(true).build().expect("a runtime");
    runtime.block_on(run(TokioTimer))
}

fn on_virtual<R>(run: impl AsyncFnOnce(VirtualClock) -> R) -> R {
    let clock = VirtualClock::new();
    Executor::new(&clock).block_on(run(clock.clone())).expect("every wait has an end")
}

fn text<R: Display, E: Display>(result: Result<R, E>) -> String {
    match result {
        Ok(answer) => format!("ok: {answer}"),
        Err(error) => format!("error: {error}"),
    }
}

/// The results of all, in their order. Every future is polled in each poll.
async fn join_all<F: Future>(futures: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut all: Vec<_> = futures.map(|it| (Box::pin(it), None)).collect();
    poll_fn(|cx| {
        for (future, result) in all.iter_mut().filter(|it| it.1.is_none()) {
            if let Poll::Ready(output) = future.as_mut().poll(cx) {
                *result = Some(output);
            }
        }
        if all.iter().all(|it| it.1.is_some()) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    all.into_iter().filter_map(|it| it.1).collect()
}

/// A clock that begins at zero.
struct Watch<T: Timer> {
    timer: T,
    start: T::Instant,
}

impl<T: Timer> Watch<T> {
    fn new(timer: &T) -> Self {
        Self { timer: timer.clone(), start: timer.now() }
    }

    fn millis(&self) -> u128 {
        self.timer.elapsed(self.start).as_millis()
    }
}

/// Numbers that look random, and are the same for a seed.
struct Random(u64);

impl Random {
    /// A number below `end`.
    fn below(&mut self, end: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}
