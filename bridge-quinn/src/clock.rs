use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use anytempo::{Deadline, Instant as _, RawSleep, Timer};
use pin_project_lite::pin_project;
use quinn::AsyncTimer;

/// A timer, and how the instants of its clock and those of the standard library belong together.
#[derive(Clone, Debug)]
pub(crate) struct Clock<T: Timer> {
    timer: T,
    // quinn's timers share it with the runtime.
    base: Arc<OnceLock<Base<T::Instant>>>,
}

/// One moment on both clocks.
#[derive(Debug)]
struct Base<I> {
    quinn: Instant,
    timer: I,
}

impl<T: Timer> Clock<T> {
    pub(crate) fn new(timer: T) -> Self {
        Self { timer, base: Arc::default() }
    }

    pub(crate) fn timer(&self) -> &T {
        &self.timer
    }

    fn base(&self) -> &Base<T::Instant> {
        self.base.get_or_init(|| Base { quinn: Instant::now(), timer: self.timer.now() })
    }

    pub(crate) fn now(&self) -> Instant {
        let base = self.base();
        let elapsed = self.timer.elapsed(base.timer);
        base.quinn.checked_add(elapsed).unwrap_or_else(|| farthest(base.quinn))
    }

    /// The first instant of the timer at which its clock has certainly passed `deadline`.
    ///
    /// What quinn adds to began up to a tick after the reading. Where a tick is no whole number of nanoseconds, a reading is
    /// rounded down by less than one. Nothing that counts in nanoseconds can see that.
    fn deadline(&self, deadline: Instant) -> Deadline<T> {
        let base = self.base();
        let span = deadline.saturating_duration_since(base.quinn);
        base.timer.checked_after(T::Instant::delta_ceil(span))
    }
}

impl<T> Clock<T>
where
    T: Timer<Sleep: Send + 'static> + Send + Sync + 'static,
{
    pub(crate) fn new_timer(&self, deadline: Instant) -> Pin<Box<dyn AsyncTimer>> {
        let sleep = self.timer.raw_sleep(self.deadline(deadline));
        Box::pin(QuinnTimer { clock: self.clone(), sleep })
    }
}

/// An instant so far that the standard library knows hardly one beyond it.
#[cold]
fn farthest(from: Instant) -> Instant {
    let power = (0..64).rev().find_map(|it| from.checked_add(Duration::from_secs(1 << it)));
    power.unwrap_or(from)
}

pin_project! {
    /// A timer as quinn takes it.
    struct QuinnTimer<T: Timer> {
        // For the instants of a reset.
        clock: Clock<T>,
        #[pin]
        sleep: T::Sleep,
    }
}

impl<T> AsyncTimer for QuinnTimer<T>
where
    T: Timer<Sleep: Send + 'static> + Send + Sync + 'static,
{
    fn reset(self: Pin<&mut Self>, deadline: Instant) {
        let this = self.project();
        this.sleep.reset(this.clock.deadline(deadline));
    }

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.project().sleep.poll(cx)
    }
}

impl<T: Timer> fmt::Debug for QuinnTimer<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QuinnTimer")
            .field("deadline", &self.sleep.deadline())
            .finish_non_exhaustive()
    }
}
