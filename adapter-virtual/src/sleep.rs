use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

use crate::clock::Place;
use crate::{Instant, VirtualClock};

/// A wait on a [`VirtualClock`], made by [`Timer::raw_sleep`](anytempo::Timer::raw_sleep).
///
/// More precisely: it is inert until it is polled. A poll at or after the deadline is ready, also the first one, and so
/// is every later poll until a [reset](anytempo::RawSleep::reset). A poll before the deadline registers with the clock,
/// which then wakes the waker of the last poll once it has reached the deadline. With no deadline it is pending and
/// registers nothing.
///
/// A program waits with [`Timer::sleep`](anytempo::Timer::sleep), which yields in the same way on every runtime.
///
/// # Cancel safety
///
/// Strict. A drop loses nothing and gives up the registration, and with it the waker, at once. So does a reset.
#[must_use = "futures do nothing unless polled"]
pub struct Sleep {
    clock: VirtualClock,
    deadline: Option<Instant>,
    /// Where the clock has this wait, unless it has fired since. Always one with this `deadline`.
    place: Option<Place>,
}

impl Sleep {
    pub(crate) fn new(clock: VirtualClock, deadline: Option<Instant>) -> Sleep {
        Sleep { clock, deadline, place: None }
    }

    fn deregister(&mut self) {
        if let Some(place) = self.place.take() {
            self.clock.deregister(place);
        }
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.get_mut();
        match this.deadline {
            Some(deadline) => this.clock.poll_wait(&mut this.place, deadline, cx.waker()),
            None => Poll::Pending,
        }
    }
}

impl anytempo::RawSleep for Sleep {
    type Instant = Instant;

    fn reset(self: Pin<&mut Self>, deadline: Option<Instant>) {
        let this = self.get_mut();
        this.deadline = deadline;
        this.deregister();
    }

    fn deadline(&self) -> Option<Instant> {
        self.deadline
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        self.deregister();
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
