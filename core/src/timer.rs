use core::fmt::Debug;
use core::future::Future;
use core::pin::Pin;
use core::task::Context;
use core::time::Duration;

use crate::future::{self, Stall, Timeout};
use crate::stream::Countdown;

/// A point on a timer's clock, as that clock counts.
///
/// An implementation keeps the clock's native form (ticks on a microcontroller, [`Duration`]s where there is a
/// standard library), so that a [`Duration`] is converted once for each combinator and never for each tick,
/// except for the zero one.
///
/// # For adapter authors
///
/// - Order MUST be the order of time, and MUST NOT wrap for as long as the program runs.
/// - [`delta_ceil`](Instant::delta_ceil) MUST round up: the span it gives is never shorter than the duration. Zero
///   gives zero, and anything above zero gives at least the clock's smallest span.
/// - [`checked_after`](Instant::checked_after) MUST add a tick where a reading of the clock may be almost a tick old.
/// - [`to_duration`](Instant::to_duration) MUST round down, if it must round, and `to_duration(delta_ceil(d)) >= d` MUST
///   hold for every `d` that a span can hold.
/// - [`saturating_since`](Instant::saturating_since) MUST be zero where the clock has stepped back.
/// - A duration that the native span cannot hold MUST saturate in `delta_ceil`, and
///   [`checked_add`](Instant::checked_add) MUST answer `None` for such a saturated span, whatever it is added to. A
///   wait that cannot be expressed then never ends, where it would otherwise end early.
/// - No method MUST panic or wrap, for any input.
pub trait Instant: Copy + Ord + Debug + Send + Sync + 'static {
    /// The native span between two instants.
    type Delta: Copy + Ord + Debug + Send + Sync + 'static;

    /// The shortest native span that is not shorter than `duration`; the longest there is where none is.
    fn delta_ceil(duration: Duration) -> Self::Delta;

    /// The native span as a duration, saturated at [`Duration::MAX`].
    fn to_duration(delta: Self::Delta) -> Duration;

    /// The instant `delta` after this one. `None` means never: it lies beyond what the clock can tell.
    fn checked_add(self, delta: Self::Delta) -> Option<Self>;

    /// The first instant at which `delta` has passed for certain since a moment at which the clock said `self`.
    ///
    /// A clock that counts in ticks says the same for as long as a tick takes. A wait that begins late in that time, and ends
    /// `delta` after what the clock said, would be short by as much: so such a clock adds a tick, except to a zero `delta`. The
    /// default adds none, for clocks that are read to the nanosecond. `None` means never, as ever.
    fn checked_after(self, delta: Self::Delta) -> Option<Self> {
        self.checked_add(delta)
    }

    /// The span from `earlier` to this instant, or a zero span where `earlier` is the later of the two.
    ///
    /// A clock that steps back therefore reads as a clock that stands still.
    fn saturating_since(self, earlier: Self) -> Self::Delta;
}

/// A wait that a runtime provides: a future that is ready once the clock has reached its deadline.
///
/// This is what an adapter builds and what combinators are built on. It may be ready at its first poll; what yields
/// to other tasks first, in the same way on every runtime, is [`Timer::sleep`].
///
/// It is not required to be `Send`, `Unpin` or `'static`. What it is, its combinators are.
///
/// # For adapter authors
///
/// - Creating, resetting or dropping a `Sleep` that was never polled MUST NOT touch the runtime or read the clock, and
///   MUST be possible anywhere, also outside the runtime.
/// - `poll` MUST NOT be ready while `now()` is before the deadline.
/// - Once the clock has reached the deadline, the waker of the last poll MUST be woken, as soon as the runtime can do
///   so. An earlier, spurious wake is allowed. Wakers of former polls need not be woken.
/// - A deadline that is already past, or is now, MUST be ready at the first poll, or wake the waker so that a later poll
///   is.
/// - Without a deadline (`None`) the sleep is disarmed: it MUST be pending, and never wakes anyone.
/// - After `reset` the new deadline holds, also where the sleep had been ready. A wake is due only once the sleep has
///   been polled again; whoever resets it polls it.
/// - A ready sleep MUST stay ready until it is reset.
/// - `poll` MUST pass on the waker it was given, or a clone of it, and never one of its own making.
/// - Dropping or disarming a sleep MUST give up its registration with the runtime, and its waker, at the latest with the
///   runtime's next turn. Where a runtime cannot, at most one stale wake MUST remain, and the adapter says so.
/// - The waker MUST NOT be woken while a lock is held that `now`, `poll`, `reset` or `drop` takes.
/// - No method MUST panic, whatever the deadline. Polling outside the runtime may, if the adapter says so.
pub trait Sleep: Future<Output = ()> {
    /// The points in time of this sleep's clock.
    type Instant: Instant;

    /// Moves the deadline; `None` disarms. It takes effect at the next poll.
    fn reset(self: Pin<&mut Self>, deadline: Option<Self::Instant>);

    /// The deadline that was set last, also after it has passed. `None` if the sleep is disarmed.
    fn deadline(&self) -> Option<Self::Instant>;

    /// Moves the deadline by `delta`, for the next tick of a fixed rate. Only for a deadline that was reached: what becomes of
    /// another, or of none, is not specified.
    ///
    /// - It MUST come to the same as [`deadline`](Sleep::deadline) and [`checked_add`](Instant::checked_add). It is provided,
    ///   and there to be overridden where that takes less code.
    #[inline]
    fn reset_by(self: Pin<&mut Self>, delta: <Self::Instant as Instant>::Delta) {
        let deadline = self.deadline().and_then(|it| it.checked_add(delta));
        self.reset(deadline);
    }

    /// The poll of someone who is going to be pending whatever it says.
    ///
    /// - It MUST have the waker woken as [`poll`](Future::poll) does, and at once where that would be ready. It is provided,
    ///   and there to be overridden where a runtime's timers need no look at the clock to be set.
    #[inline]
    fn arm(self: Pin<&mut Self>, cx: &mut Context<'_>) {
        if self.poll(cx).is_ready() {
            cx.waker().wake_by_ref();
        }
    }
}

/// A source of time: a clock, and the waits on it. Everything timed starts from one.
///
/// A timer is a handle that costs little to clone: for most runtimes a unit struct, for a simulated clock a reference to
/// it. A library takes one as a parameter and leaves the choice to its caller:
///
/// ```
/// use anytempo::Timer;
/// use core::time::Duration;
///
/// async fn blink(timer: &impl Timer, mut set_led: impl FnMut(bool)) {
///     for on in [true, false, true] {
///         set_led(on);
///         timer.sleep(Duration::from_millis(500)).await;
///     }
/// }
/// # let clock = anytempo_virtual::VirtualClock::new();
/// # let executor = anytempo_virtual::Executor::new(&clock);
/// # executor.block_on(blink(&clock, |_| ())).unwrap();
/// # assert_eq!(clock.elapsed(), Duration::from_millis(1500));
/// ```
///
/// # What holds for all of it
///
/// - Nothing reads the clock or touches the runtime before its first poll. A duration counts from there, and every
///   constructor may be called anywhere.
/// - Nothing is early. A duration that falls between two ticks is rounded up.
/// - No duration and no count panics or wraps. A deadline beyond the clock's range is never reached.
/// - Every wait yields to other tasks at least once, also one of zero length; a time limit is not a wait.
/// - The caller's waker is passed on unchanged.
///
/// # Spawning
///
/// An `async fn` over a timer is `Send` wherever its timer's waits are; that is decided where it is called. A library that
/// spawns by itself says what it needs (and `Sync`, where its task lends the timer):
///
/// ```
/// use anytempo::Timer;
/// use core::time::Duration;
///
/// fn start<T>(timer: T)
/// where
///     T: Timer<Sleep: Send> + Send + 'static,
/// {
///     # fn spawn(future: impl Future<Output = ()> + Send + 'static) { drop(future) }
///     spawn(async move { timer.sleep(Duration::from_secs(1)).await });
/// }
/// ```
///
/// # For adapter authors
///
/// - [`now`](Timer::now) MUST NOT panic or block. It should not step back; where it does, waits are longer and nothing
///   else happens.
/// - [`raw_sleep`](Timer::raw_sleep) MUST NOT touch the runtime: see [`Sleep`].
/// - Clones MUST read the same clock.
/// - [`resolution`](Timer::resolution) MUST be above zero and the same for as long as the program runs. It is for a person
///   or a program that chooses a timer; no combinator depends on it.
/// - Of the provided methods, [`raw_sleep_after`](Timer::raw_sleep_after) and [`reset_after`](Timer::reset_after) may be
///   overridden, and no other.
pub trait Timer: Clone {
    /// Whether raw sleeps look at the clock themselves. Combinators then need not, which makes them smaller and faster.
    ///
    /// - If it is true, the first poll of a raw sleep MUST be ready if its deadline is past or now, and
    ///   [`arm`](Sleep::arm) MUST then wake without waiting for a later tick. Most runtimes do otherwise.
    const PROMPT: bool = false;

    /// The points in time of this clock.
    type Instant: Instant;

    /// The runtime's wait.
    type Sleep: Sleep<Instant = Self::Instant>;

    /// The time now.
    fn now(&self) -> Self::Instant;

    /// The runtime's own wait, for building combinators: inert until polled, and possibly ready at once.
    ///
    /// A program waits with [`sleep`](Timer::sleep) or [`sleep_until`](Timer::sleep_until), which yield in the same way
    /// on every runtime.
    fn raw_sleep(&self, deadline: Option<Self::Instant>) -> Self::Sleep;

    /// The smallest span by which waits on this clock differ, and so the most that rounding up adds to one.
    fn resolution(&self) -> Duration;

    /// The instant `delay` from now, for [`sleep_until`](Timer::sleep_until) and [`timeout_at`](Timer::timeout_at).
    ///
    /// More precisely: the first instant at which `delay` has passed for certain. `None` means never: it lies beyond what the clock can tell.
    /// Unlike everything else here this reads the clock at once.
    ///
    /// # Examples
    ///
    /// ```
    /// use anytempo::Timer;
    /// use core::time::Duration;
    ///
    /// /// Takes ten seconds, however long the work takes, as long as that is less.
    /// async fn ten_seconds(timer: &impl Timer, work: impl Future<Output = ()>) {
    ///     let end = timer.after(Duration::from_secs(10));
    ///     work.await;
    ///     timer.sleep_until(end).await;
    /// }
    /// # let clock = anytempo_virtual::VirtualClock::new();
    /// # let work = clock.sleep(Duration::from_secs(7));
    /// # anytempo_virtual::Executor::new(&clock).block_on(ten_seconds(&clock, work)).unwrap();
    /// # assert_eq!(clock.elapsed(), Duration::from_secs(10));
    /// ```
    fn after(&self, delay: Duration) -> Option<Self::Instant> {
        self.now().checked_after(Self::Instant::delta_ceil(delay))
    }

    /// The runtime's own wait for `delta`, which begins now and not with its first poll.
    ///
    /// Combinators call it in their first poll. So it reads the clock, and, unlike [`raw_sleep`](Timer::raw_sleep), may need the
    /// runtime.
    ///
    /// - It MUST be what [`now`](Timer::now), [`checked_after`](Instant::checked_after) and
    ///   [`raw_sleep`](Timer::raw_sleep) come to. It is provided, and there to be overridden where that takes less code.
    #[inline]
    fn raw_sleep_after(&self, delta: <Self::Instant as Instant>::Delta) -> Self::Sleep {
        self.raw_sleep(self.now().checked_after(delta))
    }

    /// Sets the deadline of a wait for `delta` that begins now.
    ///
    /// - It MUST come to the same as [`now`](Timer::now), [`checked_after`](Instant::checked_after) and
    ///   [`reset`](Sleep::reset). It is provided, and there to be overridden where that takes less code.
    #[inline]
    fn reset_after(&self, sleep: Pin<&mut Self::Sleep>, delta: <Self::Instant as Instant>::Delta) {
        sleep.reset(self.now().checked_after(delta));
    }

    /// Waits for `delay`, counted from the first poll.
    ///
    /// More precisely: the first poll reads the clock, sets the deadline, and is pending. The sleep is ready at the first
    /// later poll at which the clock has reached the deadline, and from then on until it is [reset](future::Sleep::reset).
    /// A zero `delay` yields once and is ready at the second poll. A `delay` beyond the clock's range never ends.
    ///
    /// # Cancel safety
    ///
    /// Strict. A drop loses nothing and gives up the registration; a new sleep counts from its own first poll. To keep
    /// the time that has passed, poll one sleep again instead of making another.
    ///
    /// # Examples
    ///
    /// ```
    /// use anytempo::Timer;
    /// use core::time::Duration;
    ///
    /// # let clock = anytempo_virtual::VirtualClock::new();
    /// # let executor = anytempo_virtual::Executor::new(&clock);
    /// # executor.block_on(async {
    /// clock.sleep(Duration::from_secs(3600)).await;
    /// assert_eq!(clock.elapsed(), Duration::from_secs(3600));
    /// # }).unwrap();
    /// ```
    fn sleep(&self, delay: Duration) -> future::Sleep<Self> {
        future::Sleep::after(self.clone(), delay)
    }

    /// Waits until the clock has reached `deadline`: an instant, or an `Option` of one where `None` is never.
    ///
    /// More precisely: the first poll is always pending. A deadline that is past or now yields once and is ready at the
    /// second poll; otherwise this is [`sleep`](Timer::sleep) with a deadline that is already known.
    ///
    /// # Cancel safety
    ///
    /// Strict. A drop loses nothing, and another sleep until the same deadline ends at the same time.
    ///
    /// # Examples
    ///
    /// ```
    /// use anytempo::Timer;
    /// use core::time::Duration;
    ///
    /// # let clock = anytempo_virtual::VirtualClock::new();
    /// # let executor = anytempo_virtual::Executor::new(&clock);
    /// # executor.block_on(async {
    /// let noon = clock.after(Duration::from_secs(60));
    /// clock.sleep(Duration::from_secs(42)).await;
    /// clock.sleep_until(noon).await;
    /// assert_eq!(clock.elapsed(), Duration::from_secs(60));
    /// # }).unwrap();
    /// ```
    fn sleep_until(&self, deadline: impl Into<Option<Self::Instant>>) -> future::Sleep<Self> {
        future::Sleep::until(self.clone(), deadline.into())
    }

    /// Gives `future` at most `limit`, counted from the end of its first poll; then it is [`Elapsed`](crate::Elapsed).
    ///
    /// More precisely: each poll polls `future` first, so that in a tie the future wins, also where it was polled late.
    /// The clock is first read, and the timer armed, when `future` has been pending once: a future that is ready at once
    /// costs no timer. The limit is no wait and does not yield: once the time is up, the same poll is `Err(Elapsed)`,
    /// which for a zero `limit` is the first one; so a loop over limits that are reached already gives nobody else a turn. A
    /// `limit` beyond the clock's range never ends.
    ///
    /// `future` is dropped with the timeout and not before: it can be had back with
    /// [`into_inner`](Timeout::into_inner) if it is `Unpin`, or lent instead of given (`limit` over a
    /// `Pin<&mut F>`). Once the timeout is over, `future` is not polled again: after `Err(Elapsed)` a further poll is
    /// `Err(Elapsed)` again, after `Ok` it is pending for ever.
    ///
    /// # Cancel safety
    ///
    /// As that of `future`. The timeout itself holds nothing that a drop could lose.
    ///
    /// # Examples
    ///
    /// ```
    /// use anytempo::{Elapsed, Timer};
    /// use core::{future::pending, time::Duration};
    ///
    /// # let clock = anytempo_virtual::VirtualClock::new();
    /// # let executor = anytempo_virtual::Executor::new(&clock);
    /// # executor.block_on(async {
    /// let limit = Duration::from_secs(5);
    /// assert_eq!(clock.timeout(limit, async { 7 }).await, Ok(7));
    ///
    /// let late: Result<(), Elapsed> = clock.timeout(limit, pending()).await;
    /// assert!(late.is_err());
    /// assert_eq!(clock.elapsed(), limit);
    /// # }).unwrap();
    /// ```
    fn timeout<F: Future>(&self, limit: Duration, future: F) -> Timeout<F, Self> {
        Timeout::after(self.clone(), limit, future)
    }

    /// Gives `future` until `deadline`: an instant, or an `Option` of one where `None` is never.
    ///
    /// As [`timeout`](Timer::timeout), with a deadline that does not depend on the first poll. If it is past or now, the
    /// future has one poll. Nested deadlines need no arithmetic: the earliest ends first.
    ///
    /// # Cancel safety
    ///
    /// As that of `future`. The timeout itself holds nothing that a drop could lose.
    ///
    /// # Examples
    ///
    /// ```
    /// use anytempo::Timer;
    /// use core::{future::pending, time::Duration};
    ///
    /// # let clock = anytempo_virtual::VirtualClock::new();
    /// # let executor = anytempo_virtual::Executor::new(&clock);
    /// # executor.block_on(async {
    /// // Three attempts share one deadline.
    /// let deadline = clock.after(Duration::from_secs(9));
    /// for _ in 0..3 {
    ///     assert!(clock.timeout_at(deadline, pending::<()>()).await.is_err());
    /// }
    /// assert_eq!(clock.elapsed(), Duration::from_secs(9));
    /// # }).unwrap();
    /// ```
    fn timeout_at<F: Future>(
        &self,
        deadline: impl Into<Option<Self::Instant>>,
        future: F,
    ) -> Timeout<F, Self> {
        Timeout::at(self.clone(), deadline.into(), future)
    }

    /// Waits for `delay`, counted from the first poll; only then runs `body`, and gives its output.
    ///
    /// More precisely: `body` is not polled before the wait is over, and has its first poll in the same poll that ends
    /// the wait. A zero `delay` yields once. With a `delay` beyond the clock's range `body` never runs. Once `body` is
    /// done it is not polled again: a further poll is pending for ever.
    ///
    /// For a stream see [`StreamTimeExt::stall`](crate::StreamTimeExt::stall).
    ///
    /// # Cancel safety
    ///
    /// Strict while it waits: `body` has not begun. After that as that of `body`.
    ///
    /// # Examples
    ///
    /// ```
    /// use anytempo::Timer;
    /// use core::time::Duration;
    ///
    /// # let clock = anytempo_virtual::VirtualClock::new();
    /// # let executor = anytempo_virtual::Executor::new(&clock);
    /// # executor.block_on(async {
    /// let began = clock.stall(Duration::from_secs(2), async { clock.elapsed() }).await;
    /// assert_eq!(began, Duration::from_secs(2));
    /// # }).unwrap();
    /// ```
    fn stall<F: Future>(&self, delay: Duration, body: F) -> Stall<F, Self> {
        Stall::new(self.clone(), delay, body)
    }

    /// Counts down from `count` to 0: the first item at once, each later one `delay` after it was asked for, and the end
    /// right after 0.
    ///
    /// ```text
    /// countdown(2, 1 s), consumer takes no time     2---------1---------0|
    ///                                               0 s       1 s       2 s
    /// ```
    ///
    /// More precisely: an item is asked for by the first poll after the one that gave the item before it, and `delay`
    /// counts from that poll. The time that the consumer takes between items therefore comes on top of `delay`; with
    /// [`fixed_rate`](Countdown::fixed_rate) it does not. A zero `delay` still has a poll that is pending, and that
    /// wakes its task, before each later item. A `delay` beyond the clock's range gives the first item and then nothing. `count` items
    /// follow the first, each of them with a wait before it; a `count` of 0 gives 0 and the end, without a wait.
    ///
    /// It is as `Unpin` as the timer's waits, so code for any timer pins it: with [`pin!`](core::pin::pin), or in a box.
    ///
    /// # Cancel safety
    ///
    /// Strict. The stream may be polled, left and polled again at will: no item is lost and no wait begins anew.
    ///
    /// # Examples
    ///
    /// ```
    /// use anytempo::{Timer, next};
    /// use core::{pin::pin, time::Duration};
    ///
    /// # let clock = anytempo_virtual::VirtualClock::new();
    /// # let executor = anytempo_virtual::Executor::new(&clock);
    /// # executor.block_on(async {
    /// let mut numbers = pin!(clock.countdown(2, Duration::from_secs(1)));
    /// assert_eq!(next(&mut numbers).await, Some(2));
    /// assert_eq!(next(&mut numbers).await, Some(1));
    /// assert_eq!(next(&mut numbers).await, Some(0));
    /// assert_eq!(next(&mut numbers).await, None);
    /// assert_eq!(clock.elapsed(), Duration::from_secs(2));
    /// # }).unwrap();
    /// ```
    fn countdown(&self, count: u32, delay: Duration) -> Countdown<Self> {
        Countdown::new(self.clone(), count, delay)
    }
}

/// A reference to a timer is a timer.
impl<T: Timer> Timer for &T {
    const PROMPT: bool = T::PROMPT;

    type Instant = T::Instant;
    type Sleep = T::Sleep;

    fn now(&self) -> Self::Instant {
        (**self).now()
    }

    #[inline]
    fn raw_sleep_after(&self, delta: <T::Instant as Instant>::Delta) -> T::Sleep {
        (**self).raw_sleep_after(delta)
    }

    #[inline]
    fn reset_after(&self, sleep: Pin<&mut T::Sleep>, delta: <T::Instant as Instant>::Delta) {
        (**self).reset_after(sleep, delta);
    }

    fn raw_sleep(&self, deadline: Option<Self::Instant>) -> Self::Sleep {
        (**self).raw_sleep(deadline)
    }

    fn resolution(&self) -> Duration {
        (**self).resolution()
    }
}
