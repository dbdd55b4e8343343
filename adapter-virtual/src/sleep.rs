use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

use crate::clock::is_any_recorded;
use crate::trace::EventKind;
use crate::waits::Standing;
use crate::{Instant, VirtualClock};

/// A wait on a [`VirtualClock`], made by [`Timer::raw_sleep`](anytempo::Timer::raw_sleep).
///
/// Programs wait with [`Timer::sleep`](anytempo::Timer::sleep) instead, which yields in the same way on every runtime.
///
/// - It does nothing until it is polled.
/// - A poll at or after the deadline is ready, including the first poll. It stays ready until a
///   [reset](anytempo::RawSleep::reset).
/// - A poll before the deadline registers the sleep. The clock wakes the waker of the last poll when it reaches the
///   deadline.
/// - Without a deadline a poll is pending and registers nothing.
/// - A reset removes the registration, so the new deadline wakes nothing until the next poll. A sleep that is reset
///   after a pending poll and then not polled is listed by
///   [`VirtualClock::unpolled_resets`] and by [`Deadlock`](crate::Deadlock).
///
/// # Cancel safety
///
/// Strict. A drop loses nothing, and it removes the registration and the waker at once. So does a reset.
#[must_use = "futures do nothing unless polled"]
pub struct Sleep {
    clock: VirtualClock,
    deadline: Option<Instant>,
    /// Always one with this `deadline`.
    standing: Standing,
    /// Its number in a full trace, or zero.
    number: u32,
}

impl Sleep {
    pub(crate) fn new(clock: VirtualClock, deadline: Option<Instant>) -> Sleep {
        let mut sleep = Sleep { clock, deadline, standing: Standing::Idle, number: 0 };
        if is_any_recorded() {
            sleep.clock.note_wait(&mut sleep.number, EventKind::Made(deadline));
        }
        sleep
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.get_mut();
        match this.deadline {
            Some(deadline) => {
                let (standing, number) = (&mut this.standing, &mut this.number);
                this.clock.poll_wait(standing, deadline, cx.waker(), number)
            }
            None => {
                this.standing = Standing::Endless;
                if is_any_recorded() {
                    this.clock.note_wait(&mut this.number, EventKind::Pending);
                }
                Poll::Pending
            }
        }
    }
}

impl anytempo::RawSleep for Sleep {
    type Instant = Instant;

    fn reset(self: Pin<&mut Self>, deadline: Option<Instant>) {
        let this = self.get_mut();
        this.deadline = deadline;
        this.clock.reset_wait(&mut this.standing, deadline, &mut this.number);
    }

    fn deadline(&self) -> Option<Instant> {
        self.deadline
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        self.clock.drop_wait(&mut self.standing, &mut self.number);
    }
}

impl fmt::Debug for Sleep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sleep")
            .field("deadline", &self.deadline)
            .field("clock", &self.clock)
            .finish()
    }
}
