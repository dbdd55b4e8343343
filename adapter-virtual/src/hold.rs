use crate::VirtualClock;

/// Keeps executors from moving a clock while work goes on that the clock does not know of. Made by
/// [`VirtualClock::hold`].
///
/// An [`Executor`](crate::Executor) that is idle moves the time: it can see its own tasks, and no other thread. Where a
/// task waits for a thread, for a process or for real I/O, a timeout around that wait would fire at once. While a hold
/// lives, an idle executor parks its thread instead, until one of its tasks is woken or the last hold is dropped.
///
/// - Take it *before* the outside work can begin, and give it to whoever does the work. Drop it *after* the wake:
///   what was woken before the drop runs before the time moves.
/// - Holds add up; the clock is free when the last one is gone.
/// - A hold stops executors and nobody else: [`VirtualClock::advance`] still moves the time.
/// - A hold that is never dropped, and a task that sleeps on the clock while it keeps the only hold, park for ever.
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
pub struct Hold {
    clock: VirtualClock,
}

impl Hold {
    pub(crate) fn new(clock: VirtualClock) -> Hold {
        Hold { clock }
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.clock.release();
    }
}
