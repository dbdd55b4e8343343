#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

#[cfg(feature = "spawner")]
mod spawner;

use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use std::time::Instant;

use anytempo::Timer as _;
use compio_runtime::time::sleep_until;

#[cfg(feature = "spawner")]
pub use spawner::CompioSpawner;

/// compio's clock: a unit struct. Every copy is the same clock, that of [`std::time::Instant`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct CompioTimer;

impl anytempo::Timer for CompioTimer {
    type Instant = Instant;
    type Sleep = Sleep;

    #[inline]
    fn now(&self) -> Instant {
        Instant::now()
    }

    #[inline]
    fn raw_sleep(&self, deadline: Option<Instant>) -> Sleep {
        Sleep { deadline, wait: None }
    }
}

/// A wait on compio's clock. It is not `Send`: each thread has a runtime of its own.
#[must_use = "futures do nothing unless polled"]
pub struct Sleep {
    deadline: Option<Instant>,
    // compio's wait has no name. It is made at the first poll, as it belongs to the runtime of the thread.
    wait: Option<Pin<Box<dyn Future<Output = ()>>>>,
}

impl Future for Sleep {
    type Output = ();

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let Some(deadline) = self.deadline else { return Poll::Pending };
        // compio's timers become ready in a turn of its runtime. A task that does not let it have one looks at the clock.
        if CompioTimer.now() < deadline {
            let wait = self.wait.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
            ready!(wait.as_mut().poll(cx));
        }
        self.wait = None;
        Poll::Ready(())
    }
}

impl anytempo::RawSleep for Sleep {
    type Instant = Instant;

    #[inline]
    fn reset(mut self: Pin<&mut Self>, deadline: Option<Instant>) {
        self.deadline = deadline;
        self.wait = None;
    }

    #[inline]
    fn deadline(&self) -> Option<Instant> {
        self.deadline
    }
}

impl fmt::Debug for Sleep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sleep").field("deadline", &self.deadline).finish_non_exhaustive()
    }
}
