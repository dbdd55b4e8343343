//! A machine that is often late: what may happen between any two lines of a case on a real clock, made to happen.
//!
//! It holds the cases to what they say of real clocks: that they ask for lower bounds and order, and for nothing else.

use core::cell::Cell;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;
use std::thread;

use anytempo::Timer;
use anytempo_conformance::suite::{Clock, Failure, Outcome, Runtime, Spawns, Subject};
use anytempo_tokio::{TokioSpawner, TokioTimer};
use tokio::runtime::Builder;

use crate::Boxed;

thread_local! {
    /// Every case begins with the same luck.
    static LUCK: Cell<u64> = const { Cell::new(0x9e37_79b9_7f4a_7c15) };
    static STALLS: Cell<u32> = const { Cell::new(0) };
}

/// The cases that use a timer thousands of times are late often enough with so many stalls.
const MOST_STALLS: u32 = 40;

/// Loses the processor now and then, for about as long as cases wait.
fn stall() {
    let mut luck = LUCK.get();
    luck ^= luck << 13;
    luck ^= luck >> 7;
    luck ^= luck << 17;
    LUCK.set(luck);
    if luck.is_multiple_of(6) && STALLS.get() < MOST_STALLS {
        STALLS.set(STALLS.get() + 1);
        thread::sleep(Duration::from_millis(2 + luck / 6 % 15));
    }
}

#[derive(Clone)]
pub(crate) struct LateTimer;

impl Timer for LateTimer {
    type Instant = anytempo_tokio::Instant;
    type Sleep = LateSleep;

    fn now(&self) -> Self::Instant {
        stall();
        let now = TokioTimer.now();
        stall();
        now
    }

    fn raw_sleep(&self, deadline: Option<Self::Instant>) -> LateSleep {
        LateSleep(Box::pin(TokioTimer.raw_sleep(deadline)))
    }
}

pub(crate) struct LateSleep(Pin<Box<anytempo_tokio::Sleep>>);

impl Future for LateSleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        stall();
        let poll = self.0.as_mut().poll(cx);
        stall();
        poll
    }
}

impl anytempo::RawSleep for LateSleep {
    type Instant = anytempo_tokio::Instant;

    fn reset(mut self: Pin<&mut Self>, deadline: Option<Self::Instant>) {
        self.0.as_mut().reset(deadline);
    }

    fn deadline(&self) -> Option<Self::Instant> {
        self.0.deadline()
    }
}

/// tokio with a worker that keeps the time, and so is never late itself.
pub(crate) struct Late;

impl Runtime for Late {
    type Timer = LateTimer;
    const CLOCK: Clock = Clock::Real;

    fn run<F>(&self, case: impl FnOnce(Subject<LateTimer>) -> F) -> Outcome
    where
        F: Future<Output = Outcome> + 'static,
    {
        let case: Boxed = Box::pin(case(Subject { timer: LateTimer, clock: Self::CLOCK }));
        match Builder::new_multi_thread().worker_threads(1).enable_time().build() {
            Ok(runtime) => runtime.block_on(case),
            Err(_) => Err(Failure::new("tokio can start")),
        }
    }
}

impl Spawns for Late {
    type Spawner = TokioSpawner;

    fn run_spawning<F>(&self, case: impl FnOnce(Subject<LateTimer>, TokioSpawner) -> F) -> Outcome
    where
        F: Future<Output = Outcome> + 'static,
    {
        self.run(|subject| case(subject, TokioSpawner::default()))
    }
}
