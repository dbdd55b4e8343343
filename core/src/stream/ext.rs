use core::time::Duration;

use futures_core::Stream;

use crate::scope::Close;
use crate::stream::{CloseOnExit, Pace, Stall};
use crate::timer::Timer;

/// Time for any stream.
///
/// The trait has a name of its own, and its methods have names that other extension traits do not use, so that it can be
/// imported beside them.
pub trait StreamTimeExt: Stream + Sized {
    /// Spaces the items out by at least `delay`, and loses none. The first item comes at once.
    ///
    /// ```
    /// # use anytempo::StreamTimeExt;
    /// # use anytempo_virtual::marbles::{TICK, check};
    /// // A character is a second.
    /// check("(ab)----c--d|", |source, clock| source.pace(clock, TICK * 2), "a-b--c--d|");
    /// ```
    ///
    /// More precisely: `delay` counts from when the item before was given ([`Spaced`](crate::stream::Spaced)). An item is
    /// given once the source has given it *and* the delay is over. [`rate`](Pace::rate) chooses what `delay` counts from.
    ///
    /// - A source that is slower than `delay` is not slowed down further.
    /// - The source is read one item ahead of the wait, so its end follows its last item at once and waits for no timer.
    /// - A zero `delay` still has one pending poll before each later item, which wakes the task.
    /// - A `delay` beyond the clock's range gives the first item and then nothing, except for the end if that comes next.
    /// - [`reset`](Pace::reset) changes the delay.
    ///
    /// # Cancel safety
    ///
    /// Strict. An item that waits for its time is kept in the stream, and no wait begins anew.
    ///
    /// # Examples
    ///
    /// ```
    /// use anytempo::{StreamTimeExt, next, range};
    /// use core::{pin::pin, time::Duration};
    ///
    /// # let clock = anytempo_virtual::VirtualClock::new();
    /// # let executor = anytempo_virtual::Executor::new(&clock);
    /// # executor.block_on(async {
    /// let mut items = pin!(range(0..3).pace(&clock, Duration::from_secs(1)));
    /// let mut seen = Vec::new();
    /// while let Some(item) = next(&mut items).await {
    ///     seen.push((clock.elapsed().as_secs(), item));
    /// }
    /// assert_eq!(seen, [(0, 0), (1, 1), (2, 2)]);
    /// assert_eq!(clock.elapsed(), Duration::from_secs(2));
    /// # }).unwrap();
    /// ```
    fn pace<T: Timer>(self, timer: T, delay: Duration) -> Pace<Self, T> {
        Pace::new(self, timer, delay)
    }

    /// Waits for `delay`, counted from the first poll, and then passes the stream on.
    ///
    /// ```
    /// # use anytempo::StreamTimeExt;
    /// # use anytempo_virtual::marbles::{TICK, check};
    /// // A character is a second, and the source a channel that holds what was not read yet.
    /// check("ab-c-d|", |source, clock| source.stall(clock, TICK * 2), "--(ab)c-d|");
    /// ```
    ///
    /// More precisely: the source is not polled before the wait is over, and has its first poll in the same poll that ends
    /// the wait. Of a source that has not begun the end is not known either, so an empty one ends after `delay`. A zero
    /// `delay` yields once. With a `delay` beyond the clock's range the source never begins.
    ///
    /// # Cancel safety
    ///
    /// Strict. The stream may be polled, left and polled again; the delay begins once.
    ///
    /// # Examples
    ///
    /// ```
    /// use anytempo::{StreamTimeExt, next, range};
    /// use core::{pin::pin, time::Duration};
    ///
    /// # let clock = anytempo_virtual::VirtualClock::new();
    /// # let executor = anytempo_virtual::Executor::new(&clock);
    /// # executor.block_on(async {
    /// let mut items = pin!(range(0..2).stall(&clock, Duration::from_secs(1)));
    /// assert_eq!(next(&mut items).await, Some(0));
    /// assert_eq!(next(&mut items).await, Some(1));
    /// assert_eq!(clock.elapsed(), Duration::from_secs(1));
    /// # }).unwrap();
    /// ```
    fn stall<T: Timer>(self, timer: T, delay: Duration) -> Stall<Self, T> {
        Stall::new(self, timer, delay)
    }

    /// Closes `resource` when the stream ends, is dropped early, or panics.
    ///
    /// Items come as `Ok`. Once the source has ended it is dropped, and the close is awaited; the stream ends with the close, and
    /// if that fails its error is the last item. Dropped before, the stream drops the source and then does with the resource
    /// what a [scope](crate::close_on_exit()) does that is cancelled: it is aborted, or its close is
    /// [spawned](crate::Close#method.spawn_on_drop). So too where the source panics; the stream is then at its end.
    ///
    /// A stream that is cut short closes only at its own end. `source.take(3).close_on_exit(resource)` closes after the third item. In
    /// `source.close_on_exit(resource).take(3)` the resource stays open after the third item, and is aborted when the stream is dropped.
    ///
    /// A stream that *uses* what is to be closed after it is written with [`generate`](crate::generate()), whose body
    /// enters a [scope](crate::close_on_exit()).
    ///
    /// # Cancel safety
    ///
    /// Strict, as long as the stream is polled again. To drop it is what the resource is told of.
    ///
    /// # Examples
    ///
    /// ```
    /// use anytempo::{StreamTimeExt, closing, next, range};
    /// use core::{cell::Cell, pin::pin};
    ///
    /// # anytempo_virtual::Executor::new(&anytempo_virtual::VirtualClock::new()).block_on(async {
    /// let open = Cell::new(true);
    /// {
    ///     let mut items = pin!(range(0..2).close_on_exit(closing((), |()| open.set(false))));
    ///     while let Some(Ok(_)) = next(&mut items).await {
    ///         assert!(open.get());
    ///     }
    ///     assert!(!open.get());
    /// }
    ///
    /// open.set(true);
    /// {
    ///     let mut items = pin!(range(0..2).close_on_exit(closing((), |()| open.set(false))));
    ///     assert_eq!(next(&mut items).await, Some(Ok(0)));
    /// }
    /// assert!(!open.get(), "dropped early");
    /// # }).unwrap();
    /// ```
    fn close_on_exit<R: Close>(self, resource: R) -> CloseOnExit<Self, R> {
        CloseOnExit::new(self, resource)
    }
}

impl<S: Stream> StreamTimeExt for S {}
