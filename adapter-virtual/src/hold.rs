use core::panic::Location;

use crate::VirtualClock;

/// Stops executors from moving a clock while work goes on outside that clock. Made by [`VirtualClock::hold`].
///
/// An idle [`Executor`](crate::Executor) moves the time. It knows its own tasks and no other thread, so a timeout around
/// work on a thread, in a process or on a real socket would end at once. While a hold lives, an idle executor parks its
/// thread instead, until one of its tasks is woken, the last hold is dropped, or an
/// [`advance`](VirtualClock::advance) ends.
///
/// - From the moment at which [`VirtualClock::hold`] returns, no executor moves the time.
/// - Take the hold *before* the outside work can begin, and move it to where the work is done.
/// - Drop it *after* the wake. A task that was woken before the drop runs before the time moves.
/// - Holds add up: the clock is free when the last one is dropped.
/// - A hold stops executors only. [`VirtualClock::advance`] still moves the time.
/// - Two mistakes park the executor forever: a hold that is never dropped, and a task that sleeps on the clock while it
///   owns the only hold.
///
/// # Examples
///
/// ```
/// use anytempo::Timer;
/// use anytempo_virtual::{Executor, VirtualClock};
/// use core::{future::poll_fn, task::{Poll, Waker}, time::Duration};
/// use std::sync::{Arc, Mutex};
/// use std::thread;
///
/// let clock = VirtualClock::new();
/// let answer = Arc::new(Mutex::new((None, None::<Waker>)));
///
/// let hold = clock.hold();
/// let worker = thread::spawn({
///     let answer = Arc::clone(&answer);
///     move || {
///         let waiting = {
///             let mut answer = answer.lock().unwrap();
///             answer.0 = Some(42);
///             answer.1.take()
///         };
///         if let Some(waker) = waiting {
///             waker.wake();
///         }
///         drop(hold);
///     }
/// });
///
/// let received = poll_fn(|cx| {
///     let mut answer = answer.lock().unwrap();
///     answer.1 = Some(cx.waker().clone());
///     answer.0.map_or(Poll::Pending, Poll::Ready)
/// });
/// // However long the thread takes, it takes no virtual time.
/// let outcome = Executor::new(&clock).block_on(clock.timeout(Duration::from_secs(1), received));
/// assert_eq!(outcome.unwrap(), Ok(42));
/// assert_eq!(clock.elapsed(), Duration::ZERO);
/// worker.join().unwrap();
/// ```
#[must_use = "the clock is held only for as long as this value lives"]
#[derive(Debug)]
#[doc(alias = "auto_advance")]
pub struct Hold {
    clock: VirtualClock,
    location: &'static Location<'static>,
}

impl Hold {
    pub(crate) fn new(clock: VirtualClock, location: &'static Location<'static>) -> Hold {
        Hold { clock, location }
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.clock.release(self.location);
    }
}
