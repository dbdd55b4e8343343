use core::future::Future;
use core::time::Duration;

use crate::future::{IdleBody, IdleTimeout, Sleep, Stall, Timeout};
use crate::instant::Instant;
use crate::raw_sleep::RawSleep;
use crate::slack::Slack;
use crate::span::Span;
use crate::stream::{Countdown, Interval};

/// The deadlines of a timer's clock: an instant, or never.
pub type Deadline<T> = <<T as Timer>::Instant as Instant>::Deadline;

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
/// # Guarantees
///
/// - No future or stream reads the clock or touches the runtime before its first poll. A duration counts from there, and
///   every constructor may be called anywhere.
/// - Nothing is early. A duration that falls between two ticks is rounded up.
/// - No duration and no count panics or wraps. A deadline beyond the clock's range is never reached.
/// - A poll after the deadline is ready, also in a task that never yielded to its runtime. A runtime with task budgets may
///   put a ready wait off once, so that other tasks run.
/// - Every wait yields to other tasks at least once, also a zero one. A time limit is not a wait.
/// - What is over, dropped or disarmed gives up its timer and its waker.
/// - The caller's waker is passed on unchanged.
///
/// # Spawning
///
/// An `async fn` over a timer is `Send` if the timer's waits are. The caller decides that. A library that spawns tasks
/// itself takes a [`SendTimer`](crate::SendTimer):
///
/// ```
/// use anytempo::SendTimer;
/// use core::time::Duration;
///
/// fn start(timer: impl SendTimer) {
///     # fn spawn(future: impl Future<Output = ()> + Send + 'static) { drop(future) }
///     spawn(async move { timer.sleep(Duration::from_secs(1)).await });
/// }
/// ```
///
/// # For adapter authors
///
/// An adapter implements the four required items. [`PROMPT`](Timer::PROMPT) is optional. It leaves all methods from
/// [`after`](Timer::after) on as they are.
///
/// - [`now`](Timer::now) MUST NOT panic or block. It should not step back. Where it does, waits get longer and nothing else
///   happens.
/// - [`raw_sleep`](Timer::raw_sleep) MUST NOT touch the runtime or read the clock: see [`RawSleep`].
/// - Clones MUST read the same clock.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a timer",
    label = "not a timer",
    note = "the adapter of a runtime has one: `TokioTimer`, `SmolTimer`, `EmbassyTimer`; in a test it is a `VirtualClock`"
)]
#[doc(alias = "Clock")]
#[doc(alias = "Sleeper")]
#[doc(alias = "TimeSource")]
pub trait Timer: Clone {
    /// Whether [`arm`](RawSleep::arm) wakes at once where the deadline is past. Combinators then skip that check.
    ///
    /// - If it is `true`, `arm` MUST wake at once for a deadline that is past or now, without waiting for a later tick.
    /// - It is a hook for size: on embassy `true` saves 52 to 84 bytes of flash in each combinator (Cortex-M0).
    const PROMPT: bool = false;

    /// The points in time of this clock.
    type Instant: Instant;

    /// The runtime's own wait.
    type Sleep: RawSleep<Instant = Self::Instant>;

    /// The time now.
    fn now(&self) -> Self::Instant;

    /// The runtime's own wait, for building combinators: inert until polled, and possibly ready at once.
    ///
    /// Programs use [`sleep`](Timer::sleep) and [`sleep_until`](Timer::sleep_until). Operators use [`Wait`](crate::wait::Wait).
    fn raw_sleep(&self, deadline: Deadline<Self>) -> Self::Sleep;

    /// The deadline `delay` from now, for [`sleep_until`](Timer::sleep_until) and [`timeout_at`](Timer::timeout_at).
    ///
    /// More precisely: the first instant at which `delay` has certainly passed. It is never where the clock cannot express it.
    /// It reads the clock at once, as do [`elapsed`](Timer::elapsed) and [`remaining`](Timer::remaining).
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
    #[doc(alias = "deadline")]
    #[inline]
    fn after(&self, delay: impl Span<Self::Instant>) -> Deadline<Self> {
        self.now().checked_after(delay.into_delta())
    }

    /// The time since `since`, read from the clock at once. Zero if `since` is in the future.
    ///
    /// On a clock that counts in ticks the result is rounded down to whole ticks.
    ///
    /// # Examples
    ///
    /// ```
    /// use anytempo::Timer;
    /// use core::time::Duration;
    ///
    /// async fn measure<T: Timer>(timer: &T, work: impl Future<Output = ()>) -> Duration {
    ///     let start = timer.now();
    ///     work.await;
    ///     timer.elapsed(start)
    /// }
    /// # let clock = anytempo_virtual::VirtualClock::new();
    /// # let work = clock.sleep(Duration::from_secs(7));
    /// # let took = anytempo_virtual::Executor::new(&clock).block_on(measure(&clock, work)).unwrap();
    /// # assert_eq!(took, Duration::from_secs(7));
    /// ```
    fn elapsed(&self, since: impl Into<Self::Instant>) -> Duration {
        Self::Instant::to_duration(self.now().saturating_since(since.into()))
    }

    /// The time until `deadline`, read from the clock at once. Zero if it is past, and [`Duration::MAX`] if it is never.
    ///
    /// On a clock that counts in ticks the result is rounded down to whole ticks.
    ///
    /// # Examples
    ///
    /// ```
    /// use anytempo::Timer;
    /// use core::time::Duration;
    ///
    /// # let clock = anytempo_virtual::VirtualClock::new();
    /// let deadline = clock.after(Duration::from_secs(10));
    /// clock.advance(Duration::from_secs(7));
    /// assert_eq!(clock.remaining(deadline), Duration::from_secs(3));
    /// clock.advance(Duration::from_secs(7));
    /// assert_eq!(clock.remaining(deadline), Duration::ZERO);
    /// assert_eq!(clock.remaining(None), Duration::MAX);
    /// ```
    #[doc(alias = "time_left")]
    fn remaining(&self, deadline: impl Into<Deadline<Self>>) -> Duration {
        let deadline: Option<Self::Instant> = deadline.into().into();
        deadline
            .map_or(Duration::MAX, |it| Self::Instant::to_duration(it.saturating_since(self.now())))
    }

    /// The same timer, with waits that may be late by less than `slack`.
    ///
    /// Waits then fall together. Fewer wakes cost less time and power: a runtime that wakes once for many waits does less, and a processor sleeps longer.
    ///
    /// More precisely: the runtime is asked to wake at the next point of a grid, which all waits with the same `slack` share. The
    /// grid is the largest power of two of the clock's ticks that is not above `slack`. Where it starts may differ from one run of a
    /// program to the next. A poll after the deadline is ready, even before the point of the grid.
    ///
    /// - Nothing is early. A fixed rate does not drift, because it counts from deadlines and not from wakes.
    /// - A zero `slack`, or one below two ticks, changes nothing. Nor is a wait late whose deadline is past or now.
    /// - It has no effect on a clock whose adapter does not implement [`Instant::ceil_to`].
    ///
    /// # Examples
    ///
    /// ```
    /// use anytempo::Timer;
    /// use core::time::Duration;
    ///
    /// # let clock = anytempo_virtual::VirtualClock::new();
    /// # anytempo_virtual::Executor::new(&clock).block_on(async {
    /// let relaxed = clock.slack(Duration::from_millis(5));
    /// relaxed.sleep(Duration::from_millis(10)).await;
    /// // The grid is 2^22 nanoseconds wide, which is about 4.2 ms.
    /// assert_eq!(clock.elapsed(), Duration::from_nanos(3 << 22));
    /// # }).unwrap();
    /// ```
    ///
    /// A hundred waits within a second need 30 alarms instead of 100:
    ///
    /// ```
    /// use anytempo::Timer;
    /// use core::{future::Future, task::{Context, Waker}, time::Duration};
    ///
    /// # let clock = anytempo_virtual::VirtualClock::new();
    /// let alarms = |slack| {
    ///     let timer = clock.slack(slack);
    ///     let waits = (1..=100).map(|wait| Box::pin(timer.sleep(Duration::from_millis(10) * wait)));
    ///     let mut waits: Vec<_> = waits.collect();
    ///     for wait in &mut waits {
    ///         assert!(wait.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    ///     }
    ///     let mut alarms = clock.pending();
    ///     alarms.dedup();
    ///     alarms.len()
    /// };
    /// assert_eq!(alarms(Duration::ZERO), 100);
    /// assert_eq!(alarms(Duration::from_millis(50)), 30);
    /// ```
    #[doc(alias = "coalesce")]
    #[doc(alias = "tolerance")]
    #[doc(alias = "leeway")]
    fn slack(&self, slack: impl Span<Self::Instant>) -> Slack<Self> {
        Slack::new(self.clone(), slack)
    }

    /// Waits for `delay`, counted from the first poll.
    ///
    /// More precisely: the first poll reads the clock, sets the deadline, and is pending. The sleep is ready at the first
    /// later poll at which the clock has reached the deadline, and from then on until it is [reset](Sleep::reset).
    ///
    /// - A zero `delay` yields once and is ready at the second poll.
    /// - A `delay` beyond the clock's range never ends.
    ///
    /// # Cancel safety
    ///
    /// Strict. A drop loses nothing and gives up the registration. A new sleep counts from its own first poll, so a sleep
    /// that is made anew in each turn of a loop may never end: keep one and poll it again.
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
    #[doc(alias = "delay")]
    #[doc(alias = "delay_for")]
    #[doc(alias = "setTimeout")]
    #[doc(alias = "after")]
    fn sleep(&self, delay: impl Span<Self::Instant>) -> Sleep<Self> {
        Sleep::after(self.clone(), delay)
    }

    /// Waits until the clock has reached `deadline`: an instant, a [`Deadline`], or `None` for never.
    ///
    /// More precisely: the first poll is always pending. A deadline that is past or now yields once and is ready at the
    /// second poll. Otherwise this is [`sleep`](Timer::sleep) with a deadline that is already known.
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
    #[doc(alias = "delay_until")]
    #[doc(alias = "wait_until")]
    #[doc(alias = "Timer::at")]
    fn sleep_until(&self, deadline: impl Into<Deadline<Self>>) -> Sleep<Self> {
        Sleep::until(self.clone(), deadline.into())
    }

    /// Limits `future` to `limit`, counted from the end of its first poll.
    ///
    /// **The limit counts neither from this call, as in tokio, nor from an `await`.** To count from a time of your own, use
    /// [`timeout_at`](Timer::timeout_at) with `timer.after(limit)`.
    ///
    /// More precisely: each poll polls `future` first, so the future wins a tie, also in a late poll. If `future` is
    /// pending in its first poll, the clock is read and the timer armed. A future that is ready at once costs no timer.
    ///
    /// - A limit is not a wait and does not yield: a poll that finds the time to be up returns `Err(Elapsed)`. So a loop of
    ///   expired timeouts never yields.
    /// - A zero `limit` gives the future one poll. A `limit` beyond the clock's range has no end.
    /// - Once it is over, `future` is not polled again, and the timer is given up. After `Err(Elapsed)` a further poll
    ///   returns `Err(Elapsed)` again. After `Ok` it is pending forever.
    /// - `future` is dropped with the timeout, not before. [`into_inner`](Timeout::into_inner) gives it back if it is
    ///   `Unpin`; otherwise pass a `Pin<&mut F>`.
    /// - [`reset`](Timeout::reset) and [`reset_at`](Timeout::reset_at) move the limit.
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
    #[doc(alias = "with_timeout")]
    #[doc(alias = "wait_for")]
    fn timeout<F: Future>(&self, limit: impl Span<Self::Instant>, future: F) -> Timeout<F, Self> {
        Timeout::after(self.clone(), limit, future)
    }

    /// Limits `future` to `deadline`: an instant, a [`Deadline`], or `None` for never.
    ///
    /// Like [`timeout`](Timer::timeout), with a deadline that does not depend on the first poll. If it is past or now, the
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
    #[doc(alias = "with_deadline")]
    #[doc(alias = "timeout_until")]
    fn timeout_at<F: Future>(
        &self,
        deadline: impl Into<Deadline<Self>>,
        future: F,
    ) -> Timeout<F, Self> {
        Timeout::at(self.clone(), deadline.into(), future)
    }

    /// Limits how long `body` may be silent: each `idle.reset()` in it begins `limit` anew.
    ///
    /// More precisely: each poll polls `body` first, so the body wins a tie. If it is pending, `limit` counts from the end of the
    /// last poll in which it called [`reset`](crate::future::Idle::reset), and at the start from the end of the first poll.
    ///
    /// - A zero `limit` elapses in the first poll in which the body is pending. A `limit` beyond the clock's range has no end.
    /// - Once it is over, `body` is not polled again, and the timer is given up. After `Err(Elapsed)` a further poll returns
    ///   `Err(Elapsed)` again. After `Ok` it is pending forever.
    /// - `body` is dropped when it is done. After `Err(Elapsed)` it is dropped with the timeout, not before.
    /// - It is not `Unpin`: pin it with [`pin!`](core::pin::pin), or in a box.
    ///
    /// It replaces a `select` with a new sleep in each turn of a loop: that sleep never ends if another branch is faster. For the
    /// items of a stream see [`StreamTimeExt::timeout_each`](crate::StreamTimeExt::timeout_each).
    ///
    /// # Cancel safety
    ///
    /// As that of `body`. The timeout itself holds nothing that a drop could lose.
    ///
    /// # Examples
    ///
    /// ```
    /// use anytempo::Timer;
    /// use core::{future::pending, time::Duration};
    ///
    /// # let clock = anytempo_virtual::VirtualClock::new();
    /// # anytempo_virtual::Executor::new(&clock).block_on(async {
    /// let second = Duration::from_secs(1);
    /// let transfer = clock.idle_timeout(second * 3, async |mut idle| {
    ///     for _ in 0..10 {
    ///         clock.sleep(second * 2).await;
    ///         idle.reset();
    ///     }
    ///     pending::<()>().await
    /// });
    /// assert!(transfer.await.is_err());
    /// assert_eq!(clock.elapsed(), second * 23);
    /// # }).unwrap();
    /// ```
    #[doc(alias = "inactivity")]
    #[doc(alias = "watchdog")]
    fn idle_timeout<O, F, Fut>(
        &self,
        limit: impl Span<Self::Instant>,
        body: F,
    ) -> IdleTimeout<F, Fut, Self>
    where
        F: IdleBody<O, Fut>,
        Fut: Future,
    {
        IdleTimeout::new(self.clone(), limit, body)
    }

    /// Waits for `delay`, counted from the first poll, and then runs `body`.
    ///
    /// More precisely: `body` is not polled before the wait is over. Its first poll is the poll that ends the wait.
    ///
    /// - A zero `delay` yields once. With a `delay` beyond the clock's range `body` never runs.
    /// - Once `body` is done it is not polled again: a further poll is pending forever.
    /// - [`reset`](Stall::reset) moves the delay.
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
    #[doc(alias = "delay")]
    #[doc(alias = "start_after")]
    fn stall<F: Future>(&self, delay: impl Span<Self::Instant>, body: F) -> Stall<F, Self> {
        Stall::new(self.clone(), delay, body)
    }

    /// Counts down from `count` to 0, with `delay` before each item but the first. The end follows 0 at once.
    ///
    /// ```text
    /// countdown(2, 1 s), consumer takes no time     2---------1---------0|
    ///                                               0 s       1 s       2 s
    /// ```
    ///
    /// More precisely: `delay` counts from the request for an item, which is the first poll after the item before. The
    /// time that the consumer takes comes on top of it. [`rate`](Countdown::rate) chooses what `delay` counts from.
    ///
    /// - A zero `delay` still has one pending poll before each later item, which wakes the task.
    /// - A `delay` beyond the clock's range gives the first item and then nothing.
    /// - A `count` of 0 gives 0 and the end, without a wait.
    /// - [`reset`](Countdown::reset) changes the delay.
    ///
    /// It is `Unpin` only if the timer's `Sleep` is, so generic code must pin it: with [`pin!`](core::pin::pin), or in a box.
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
    #[doc(alias = "intervalRange")]
    fn countdown(&self, count: u32, delay: impl Span<Self::Instant>) -> Countdown<Self> {
        Countdown::new(self.clone(), count, delay)
    }

    /// Ticks at once, and then each `period`. Each item is the instant at which its tick was due.
    ///
    /// ```
    /// # use anytempo::{Timer, stream::FixedRate};
    /// # use anytempo_virtual::marbles::{TICK, check, check_slow};
    /// // A tick is shown as the second at which it was due.
    /// check("", |_, clock| clock.interval(TICK * 2), "0-2-4-6-");
    /// // The consumer takes 3 s for each tick.
    /// check_slow(TICK * 3, "", |_, clock| clock.interval(TICK * 2), "0--2--4--8--");
    /// check_slow(TICK * 3, "", |_, clock| clock.interval(TICK * 2).rate(FixedRate), "0--2--4--6--");
    /// ```
    ///
    /// More precisely: the first poll ticks, and starts the grid of the later ticks. A tick that is overdue comes at once, and the next one
    /// at the next point of the grid ([`Skip`](crate::stream::Skip)). [`rate`](Interval::rate) chooses otherwise: a
    /// [`FixedRate`](crate::stream::FixedRate) catches up on all ticks, and [`Spaced`](crate::stream::Spaced) starts a period with each tick.
    ///
    /// - It never ends. At least one pending poll comes before each later tick, also with a zero `period`; it wakes the task.
    /// - With a zero `period` every tick is due at the first instant, except at the rates `FixedDelay` and `Spaced`.
    /// - A `period` beyond the clock's range gives one tick.
    /// - No tick is early, and there is no tolerance: a tick that is late by a nanosecond is late.
    /// - [`set_period`](Interval::set_period) changes the period from the next tick on. [`reset`](Interval::reset) begins a period now.
    ///
    /// In tokio the first tick comes at once too, but overdue ticks come in a burst by default, and the period counts from the
    /// call.
    ///
    /// # Cancel safety
    ///
    /// Strict. The stream may be polled, left and polled again at will: no tick is lost and no wait begins anew.
    ///
    /// # Examples
    ///
    /// ```
    /// use anytempo::{Timer, next};
    /// use core::{pin::pin, time::Duration};
    ///
    /// # let clock = anytempo_virtual::VirtualClock::new();
    /// # anytempo_virtual::Executor::new(&clock).block_on(async {
    /// let mut ticks = pin!(clock.interval(Duration::from_secs(1)));
    /// let start = next(&mut ticks).await;
    /// next(&mut ticks).await;
    /// // Work that takes longer than a period leaves ticks out.
    /// clock.sleep(Duration::from_millis(2500)).await;
    /// let late = next(&mut ticks).await;
    /// assert_eq!(clock.elapsed(), Duration::from_millis(3500));
    /// let after = next(&mut ticks).await;
    /// assert_eq!(clock.elapsed(), Duration::from_secs(4));
    /// # let _ = (start, late, after);
    /// # }).unwrap();
    /// ```
    #[doc(alias = "Ticker")]
    #[doc(alias = "every")]
    #[doc(alias = "setInterval")]
    #[doc(alias = "periodic")]
    #[doc(alias = "timer")]
    #[doc(alias = "tick")]
    #[doc(alias = "IntervalStream")]
    fn interval(&self, period: impl Span<Self::Instant>) -> Interval<Self> {
        Interval::after(self.clone(), Duration::ZERO, period)
    }

    /// As [`interval`](Timer::interval), with the first tick `delay` after the first poll.
    ///
    /// ```
    /// # use anytempo::Timer;
    /// # use anytempo_virtual::marbles::{TICK, check};
    /// check("", |_, clock| clock.interval_after(TICK * 3, TICK * 2), "---3-5-7-");
    /// check("", |_, clock| clock.interval_after(TICK * 0, TICK * 2), "0-2-4-6-");
    /// ```
    ///
    /// A zero `delay` makes no difference to [`interval`](Timer::interval).
    ///
    /// # Cancel safety
    ///
    /// Strict.
    ///
    /// # Examples
    ///
    /// ```
    /// use anytempo::{Timer, next};
    /// use core::{pin::pin, time::Duration};
    ///
    /// # let clock = anytempo_virtual::VirtualClock::new();
    /// # anytempo_virtual::Executor::new(&clock).block_on(async {
    /// let second = Duration::from_secs(1);
    /// let mut ticks = pin!(clock.interval_after(second * 5, second));
    /// next(&mut ticks).await;
    /// assert_eq!(clock.elapsed(), second * 5);
    /// next(&mut ticks).await;
    /// assert_eq!(clock.elapsed(), second * 6);
    /// # }).unwrap();
    /// ```
    #[doc(alias = "timer")]
    #[doc(alias = "initial_delay")]
    fn interval_after(
        &self,
        delay: impl Span<Self::Instant>,
        period: impl Span<Self::Instant>,
    ) -> Interval<Self> {
        Interval::after(self.clone(), delay, period)
    }

    /// As [`interval`](Timer::interval), with the first tick at `start`.
    ///
    /// `start` is an instant, a [`Deadline`], or `None` for never.
    ///
    /// - The first tick comes at once if `start` is past or now. The grid counts from `start` all the same.
    /// - With a `start` of never there is no tick.
    ///
    /// # Cancel safety
    ///
    /// Strict.
    ///
    /// # Examples
    ///
    /// ```
    /// use anytempo::{Timer, next};
    /// use core::{pin::pin, time::Duration};
    ///
    /// # let clock = anytempo_virtual::VirtualClock::new();
    /// # anytempo_virtual::Executor::new(&clock).block_on(async {
    /// let second = Duration::from_secs(1);
    /// let start = clock.now();
    /// clock.sleep(Duration::from_millis(2500)).await;
    /// let mut ticks = pin!(clock.interval_at(start, second));
    /// assert_eq!(next(&mut ticks).await, Some(start));
    /// next(&mut ticks).await;
    /// assert_eq!(clock.elapsed(), second * 3);
    /// # }).unwrap();
    /// ```
    #[doc(alias = "schedule")]
    fn interval_at(
        &self,
        start: impl Into<Deadline<Self>>,
        period: impl Span<Self::Instant>,
    ) -> Interval<Self> {
        Interval::at(self.clone(), start.into(), period)
    }
}

/// A reference to a timer is a timer.
impl<T: Timer> Timer for &T {
    const PROMPT: bool = T::PROMPT;

    type Instant = T::Instant;
    type Sleep = T::Sleep;

    #[inline]
    fn now(&self) -> Self::Instant {
        (**self).now()
    }

    #[inline]
    fn raw_sleep(&self, deadline: Deadline<Self>) -> Self::Sleep {
        (**self).raw_sleep(deadline)
    }
}
