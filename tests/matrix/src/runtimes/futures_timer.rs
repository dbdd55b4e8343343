use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use core::time::Duration;
use std::time::Instant;

use ::futures_timer::Delay;
use ::smol::future::block_on;
use anytempo::Timer;

use crate::programs;
use crate::programs::host::Command;
use crate::runtimes::threads::{ThreadPool, counting, start_timer};
use crate::runtimes::{Boxed, RunError, SharedSink};
use anytempo_conformance::suite::{self, Clock, Outcome, Subject};

/// futures-timer's clock: the adapter that results from following `CONTRIBUTING.md` to the letter.
///
/// It is here, and not a package, to show that the guide and the kit are enough for an adapter elsewhere.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FuturesTimer;

impl Timer for FuturesTimer {
    type Instant = Instant;
    type Sleep = Sleep;

    fn now(&self) -> Instant {
        Instant::now()
    }

    fn raw_sleep(&self, deadline: Option<Instant>) -> Sleep {
        Sleep { deadline, delay: None }
    }
}

/// A delay adds itself to the time at which it is set, unchecked: what is longer is waited for piece by piece.
const LONGEST: Duration = Duration::from_secs(24 * 3600);

#[derive(Debug)]
pub(crate) struct Sleep {
    deadline: Option<Instant>,
    // There only while it waits. Made by a poll, as it wants its helper thread.
    delay: Option<Delay>,
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let Some(deadline) = self.deadline else { return Poll::Pending };
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                // The clock says so, and the delay may not have had its turn. One that is dropped gives its waker back.
                self.delay = None;
                return Poll::Ready(());
            }
            let delay = self.delay.get_or_insert_with(|| Delay::new(left.min(LONGEST)));
            ready!(Pin::new(delay).poll(cx));
            // A piece of the time is over; if more is left, the next one needs a new delay.
            self.delay = None;
        }
    }
}

impl anytempo::RawSleep for Sleep {
    type Instant = Instant;

    fn reset(mut self: Pin<&mut Self>, deadline: Option<Instant>) {
        self.deadline = deadline;
        self.delay = None;
    }

    fn deadline(&self) -> Option<Instant> {
        self.deadline
    }
}

/// On the thread of the caller, without a reactor; a helper thread keeps the time.
pub(super) fn run(command: Command, sink: SharedSink) -> Result<(), RunError> {
    counting(command, ThreadPool, |command| {
        block_on(async {
            start_timer(FuturesTimer).await;
            programs::run(FuturesTimer, command, sink).await;
        });
        Ok(())
    })
}

/// As [`run`], for cases.
#[derive(Debug, Default)]
pub(super) struct Helper;

impl suite::Runtime for Helper {
    type Timer = FuturesTimer;
    const CLOCK: Clock = Clock::Real;

    fn run<F>(&self, case: impl FnOnce(Subject<FuturesTimer>) -> F) -> Outcome
    where
        F: Future<Output = Outcome> + 'static,
    {
        let case: Boxed = Box::pin(case(Subject { timer: FuturesTimer, clock: Self::CLOCK }));
        block_on(case)
    }
}
