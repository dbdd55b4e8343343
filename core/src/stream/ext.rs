use core::ops::ControlFlow;

use futures_core::Stream;

use crate::scope::Close;
use crate::span::Span;
#[cfg(feature = "alloc")]
use crate::stream::ChunksWithin;
use crate::stream::{
    CloseOnExit, Debounce, FoldWithin, KeepAlive, Pace, Sample, Stall, TakeFor, ThrottleFirst,
    ThrottleLatest, TimeBetween, TimeoutEach, Timestamped,
};
use crate::timer::{Deadline, Timer};

/// Time for any stream.
///
/// The names of its methods differ from those of `futures`, `tokio_stream` and `async_std`, so the trait can be imported
/// together with their extension traits. `futures_time` has a `debounce` and a `sample` too: with both traits in scope write
/// `StreamTimeExt::debounce(stream, timer, quiet)`.
///
/// # Operators
///
/// All operators follow the same rules:
///
/// - An item arrives in the poll that reads it. What the source collected while the operator was not polled is one burst, which
///   arrives in the next poll.
/// - The end of the source waits for no timer. An item that the operator holds is given at once, and the end follows.
/// - A poll reads at most 32 items. If the source has more, and nothing is due, the operator wakes its task and is pending. So other
///   tasks and the timer get their turn even if the source is always ready.
/// - An operator that drops items gives the newest, or the first, of what one poll reads. A consumer that finds more than 32 items at each
///   request falls behind.
/// - A runtime with task budgets may put off an item that is due. Until it is given, a newer one may take its place.
/// - An operator that drops items treats a `Result` like any other item, so it drops errors too.
/// - After its end an operator stays at its end, and the source is not polled again.
/// - An operator allocates nothing, unless its documentation says so. It is `Unpin` if the source and the timer's waits are.
/// - In the timelines a character is a second: see [`marbles`](https://docs.rs/anytempo-virtual/latest/anytempo_virtual/marbles/).
#[doc(alias = "StreamExt")]
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
    #[doc(alias = "throttle")]
    #[doc(alias = "delay")]
    #[doc(alias = "rate_limit")]
    #[doc(alias = "concatMap")]
    fn pace<T: Timer>(self, timer: T, delay: impl Span<T::Instant>) -> Pace<Self, T> {
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
    #[doc(alias = "delay")]
    #[doc(alias = "delaySubscription")]
    #[doc(alias = "delay_subscription")]
    fn stall<T: Timer>(self, timer: T, delay: impl Span<T::Instant>) -> Stall<Self, T> {
        Stall::new(self, timer, delay)
    }

    /// Gives at most one item per `period`, always the newest. The first one comes at once.
    ///
    /// **Items are lost**, including errors: an item that is replaced by a newer one within a period is dropped.
    ///
    /// ```
    /// # use anytempo::StreamTimeExt;
    /// # use anytempo_virtual::marbles::{TICK, check, check_slow};
    /// check("abc---d--e|", |source, clock| source.throttle_latest(clock, TICK * 3), "a--c--d--e|");
    /// check("abcd-----e|", |source, clock| source.throttle_latest(clock, TICK * 4), "a---d----e|");
    /// // A consumer that takes 5 s for each item has the newest one, not the oldest of a backlog.
    /// check_slow(
    ///     TICK * 5,
    ///     "abcdefghijklmnop|",
    ///     |source, clock| source.throttle_latest(clock, TICK * 3),
    ///     "a----f----k----(p)----|",
    /// );
    /// ```
    ///
    /// More precisely: after an item was given, the next one is given once `period` is over, counted from then. Each poll reads
    /// the source, and then gives the newest item if the period is over. Only an item that waits arms the timer.
    ///
    /// - A zero `period` passes every item on. With a `period` beyond the clock's range the first item comes, and the
    ///   last one together with the end.
    /// - In a tie at the end of a period the item that arrives then is given.
    ///
    /// # Cancel safety
    ///
    /// Strict. An item that waits for its time is kept in the stream.
    #[doc(alias = "throttle")]
    #[doc(alias = "throttleTime")]
    #[doc(alias = "throttle_time")]
    #[doc(alias = "throttleLatest")]
    #[doc(alias = "conflate")]
    fn throttle_latest<T: Timer>(
        self,
        timer: T,
        period: impl Span<T::Instant>,
    ) -> ThrottleLatest<Self, T> {
        ThrottleLatest::new(self, timer, period)
    }

    /// Gives an item at once, and drops those that follow within `period`.
    ///
    /// **Items are lost**, including errors.
    ///
    /// ```
    /// # use anytempo::StreamTimeExt;
    /// # use anytempo_virtual::marbles::{TICK, check};
    /// check("abc---d--e|", |source, clock| source.throttle_first(clock, TICK * 3), "a-----d--e|");
    /// check("(abc)d--efg|", |source, clock| source.throttle_first(clock, TICK * 3), "a---e--|");
    /// ```
    ///
    /// More precisely: `period` counts from when an item was given. Of the items that are read in one poll after that, the first
    /// one is given and the others are dropped.
    ///
    /// - A zero `period` passes every item on. With a `period` beyond the clock's range only the first item comes.
    /// - In a tie at the end of a period the item that arrives then is given.
    ///
    /// # Cancel safety
    ///
    /// Strict. The stream holds no item between polls.
    #[doc(alias = "throttle")]
    #[doc(alias = "debounce_leading")]
    #[doc(alias = "throttleFirst")]
    #[doc(alias = "throttleTime")]
    fn throttle_first<T: Timer>(
        self,
        timer: T,
        period: impl Span<T::Instant>,
    ) -> ThrottleFirst<Self, T> {
        ThrottleFirst::new(self, timer, period)
    }

    /// Gives the newest item at each tick of `period`, if there is a new one.
    ///
    /// **Items are lost**, including errors: all but the newest one of each period.
    ///
    /// ```
    /// # use anytempo::StreamTimeExt;
    /// # use anytempo_virtual::marbles::{TICK, check};
    /// check("abc---d--e|", |source, clock| source.sample(clock, TICK * 3), "---c--d--e|");
    /// check("a-------b-|", |source, clock| source.sample(clock, TICK * 3), "---a-----b|");
    /// ```
    ///
    /// More precisely: the first poll starts a grid of ticks, the first one `period` later. It never drifts.
    ///
    /// - A tick without an item gives nothing. The timer rests until there is an item again.
    /// - If a tick passes while the consumer does not poll, the newest item is given at the next poll.
    /// - The last item is given together with the end, not at the tick after it.
    /// - A zero `period` passes every item on. With a `period` beyond the clock's range only the last item comes.
    /// - In a tie the item belongs to the tick.
    ///
    /// # Cancel safety
    ///
    /// Strict. An item that waits for its tick is kept in the stream.
    #[doc(alias = "sampleTime")]
    #[doc(alias = "throttle_last")]
    #[doc(alias = "throttleLast")]
    fn sample<T: Timer>(self, timer: T, period: impl Span<T::Instant>) -> Sample<Self, T> {
        Sample::new(self, timer, period)
    }

    /// Gives an item once the source has been silent for `quiet` after it.
    ///
    /// **Items are lost**, including errors: an item is dropped if another one follows within `quiet`.
    ///
    /// ```
    /// # use anytempo::StreamTimeExt;
    /// # use anytempo_virtual::marbles::{TICK, check};
    /// check("abc---d--e|", |source, clock| source.debounce(clock, TICK * 2), "----c---d-(e|)");
    /// check("ab-------c-----|", |source, clock| source.debounce(clock, TICK * 3), "----b-------c--|");
    /// ```
    ///
    /// More precisely: `quiet` counts from the poll that reads an item. An item whose time is up is given before the source
    /// is read again.
    ///
    /// - A source that is never silent for `quiet` gives nothing before its end. [`at_most`](Debounce::at_most) limits the wait.
    /// - The last item is given together with the end.
    /// - A zero `quiet` passes every item on. With a `quiet` beyond the clock's range only the last item comes.
    /// - In a tie the item that waits is given, and the new one is read in the next poll.
    ///
    /// # Cancel safety
    ///
    /// Strict. An item that waits for its time is kept in the stream.
    #[doc(alias = "debounced")]
    #[doc(alias = "debounceTime")]
    #[doc(alias = "throttle_with_timeout")]
    fn debounce<T: Timer>(self, timer: T, quiet: impl Span<T::Instant>) -> Debounce<Self, T> {
        Debounce::new(self, timer, quiet)
    }

    /// Gives an error if an item does not come within `limit`. No item is lost.
    ///
    /// ```
    /// # use anytempo::StreamTimeExt;
    /// # use anytempo_virtual::marbles::{TICK, check, check_slow};
    /// check("ab-----c|", |source, clock| source.timeout_each(clock, TICK * 3), "ab--!--c|");
    /// check("a--b----c|", |source, clock| source.timeout_each(clock, TICK * 3), "a--b--!-c|");
    /// // The source is not blamed for a slow consumer.
    /// check_slow(
    ///     TICK * 5,
    ///     "ab-c--|",
    ///     |source, clock| source.timeout_each(clock, TICK * 2),
    ///     "a----b----c----|",
    /// );
    /// ```
    ///
    /// More precisely: `limit` counts from the request for an item, which is the first poll after the item before. An item that is
    /// there is given, also in a late poll. Each gap has one error; after it the stream waits for the next item.
    ///
    /// - [`repeating`](TimeoutEach::repeating) gives an error for each `limit` in a gap. [`first`](TimeoutEach::first) sets another limit for the
    ///   first item.
    /// - With a zero `limit` a gap is reported in the poll that finds the source pending. With a `limit` beyond the clock's range
    ///   there is no error.
    /// - In a tie the item, or the end, comes first.
    ///
    /// It replaces a `select` between the next item and a new sleep in each turn of a loop: that sleep never ends if another
    /// branch is faster.
    ///
    /// # Cancel safety
    ///
    /// Strict. The limit goes on when the stream is left and polled again.
    #[doc(alias = "timeout")]
    #[doc(alias = "with_timeout")]
    #[doc(alias = "idle_timeout")]
    fn timeout_each<T: Timer>(
        self,
        timer: T,
        limit: impl Span<T::Instant>,
    ) -> TimeoutEach<Self, T> {
        TimeoutEach::new(self, timer, limit)
    }

    /// Gives `make()` whenever `idle` has passed since the last item.
    ///
    /// ```
    /// # use anytempo::StreamTimeExt;
    /// # use anytempo_virtual::marbles::{TICK, check, check_slow};
    /// check("ab-----c|", |source, clock| source.keep_alive(clock, TICK * 2, || 'k'), "ab-k-k-c|");
    /// check("-----a-|", |source, clock| source.keep_alive(clock, TICK * 2, || 'k'), "--k-ka-|");
    /// // Nothing is added while there are items.
    /// check_slow(
    ///     TICK * 5,
    ///     "abc|",
    ///     |source, clock| source.keep_alive(clock, TICK * 3, || 'k'),
    ///     "a----b----c----|",
    /// );
    /// ```
    ///
    /// More precisely: `idle` counts from when the last item was given, whether it came from the source or from `make`, and
    /// at the start from the first poll. `make` is called only if the source is pending then.
    ///
    /// - With a zero `idle` at least one pending poll comes between two items of `make`. With an `idle` beyond the clock's range
    ///   there are none.
    /// - In a tie the item of the source comes, and nothing is added.
    ///
    /// # Cancel safety
    ///
    /// Strict. The wait goes on when the stream is left and polled again.
    #[doc(alias = "keepalive")]
    #[doc(alias = "heartbeat")]
    #[doc(alias = "keepAlive")]
    fn keep_alive<T, F>(
        self,
        timer: T,
        idle: impl Span<T::Instant>,
        make: F,
    ) -> KeepAlive<Self, T, F>
    where
        T: Timer,
        F: FnMut() -> Self::Item,
    {
        KeepAlive::new(self, timer, idle, make)
    }

    /// Folds the items of each `window` into one value, without a heap.
    ///
    /// ```
    /// # use anytempo::StreamTimeExt;
    /// # use anytempo_virtual::marbles::{TICK, check};
    /// # use core::ops::ControlFlow::{Break, Continue};
    /// // How many items came within 3 s, and at most 9.
    /// let add = |count: &mut u32, _| {
    ///     *count += 1;
    ///     if *count < 9 { Continue(()) } else { Break(()) }
    /// };
    /// check("abc---d--e|", |source, clock| source.fold_within(clock, TICK * 3, || 0, add), "---3-----2|");
    /// check("-a--bc-----|", |source, clock| source.fold_within(clock, TICK * 3, || 0, add), "----2---1--|");
    /// ```
    ///
    /// More precisely: the first item of a chunk makes a value with `new` and starts the window. `add` adds each item, and
    /// breaks if the value is full. A value is given when it is full, when the window is over, or when the source ends.
    ///
    /// - There is no empty chunk: the window begins with an item.
    /// - With a zero `window` a chunk is what is ready in one poll, which is at most 32 items. With a `window` beyond the clock's range only a full value or the end
    ///   gives one.
    /// - In a tie the item belongs to the chunk that ends.
    /// - Of a source that is always ready, a window that is over gives what was read until then.
    ///
    /// `chunks_within` (feature `alloc`) collects the items in a `Vec`.
    ///
    /// # Cancel safety
    ///
    /// Strict. A value that is not given yet is kept in the stream.
    #[doc(alias = "batch")]
    #[doc(alias = "conflate")]
    #[doc(alias = "groupedWithin")]
    #[doc(alias = "buffer")]
    #[doc(alias = "window")]
    #[doc(alias = "aggregate_within")]
    fn fold_within<T, V, N, A>(
        self,
        timer: T,
        window: impl Span<T::Instant>,
        new: N,
        add: A,
    ) -> FoldWithin<Self, T, V, N, A>
    where
        T: Timer,
        N: FnMut() -> V,
        A: FnMut(&mut V, Self::Item) -> ControlFlow<()>,
    {
        FoldWithin::new(self, timer, window, new, add)
    }

    /// Collects items in chunks of at most `most`, each within `window`. It allocates one `Vec` for each chunk.
    ///
    /// ```
    /// # use anytempo::StreamTimeExt;
    /// # use anytempo_virtual::marbles::{TICK, check};
    /// check("ab-----c|", |source, clock| source.chunks_within(clock, 2, TICK * 3), "-([ab])------([c]|)");
    /// check("ab-----c-----|", |source, clock| source.chunks_within(clock, 9, TICK * 3), "---([ab])------([c])--|");
    /// ```
    ///
    /// It is [`fold_within`](StreamTimeExt::fold_within) into a `Vec`, and full chunks come at once. A `most` of 0 is as 1. The
    /// `Vec` grows with its items, so a large `most` costs nothing.
    ///
    /// # Cancel safety
    ///
    /// Strict. A chunk that is not given yet is kept in the stream.
    #[doc(alias = "buffer")]
    #[doc(alias = "batch")]
    #[doc(alias = "ready_chunks")]
    #[cfg(feature = "alloc")]
    #[doc(alias = "chunks_timeout")]
    #[doc(alias = "bufferTime")]
    #[doc(alias = "groupedWithin")]
    #[doc(alias = "bufferTimeout")]
    fn chunks_within<T: Timer>(
        self,
        timer: T,
        most: usize,
        window: impl Span<T::Instant>,
    ) -> ChunksWithin<Self, T> {
        ChunksWithin::new(self, timer, most, window)
    }

    /// Ends the stream after `span`, counted from the first poll.
    ///
    /// ```
    /// # use anytempo::StreamTimeExt;
    /// # use anytempo_virtual::marbles::{TICK, check};
    /// check("ab-----c|", |source, clock| source.take_for(clock, TICK * 4), "ab--|");
    /// check("ab-----c|", |source, clock| source.take_for(clock, TICK), "a|");
    /// ```
    ///
    /// - The timer comes first, so a source that is always ready ends too, and in a tie the end wins.
    /// - A zero `span` ends at the first poll. A `span` beyond the clock's range changes nothing.
    /// - The source is not polled after the end, and [`into_inner`](TakeFor::into_inner) gives it back with all other items.
    ///
    /// # Cancel safety
    ///
    /// Strict. The time goes on when the stream is left and polled again.
    #[doc(alias = "takeWithin")]
    #[doc(alias = "interrupt_after")]
    #[doc(alias = "take_until")]
    #[doc(alias = "takeUntil")]
    fn take_for<T: Timer>(self, timer: T, span: impl Span<T::Instant>) -> TakeFor<Self, T> {
        TakeFor::after(self, timer, span)
    }

    /// Ends the stream at `deadline`: an instant, a [`Deadline`], or `None` for never.
    ///
    /// ```
    /// # use anytempo::{StreamTimeExt, Timer};
    /// # use anytempo_virtual::marbles::{TICK, check};
    /// check(
    ///     "ab-----c|",
    ///     |source, clock| {
    ///         let deadline = clock.after(TICK * 4);
    ///         source.take_before(clock, deadline)
    ///     },
    ///     "ab--|",
    /// );
    /// check("ab-----c|", |source, clock| source.take_before(clock, None), "ab-----c|");
    /// ```
    ///
    /// It is [`take_for`](StreamTimeExt::take_for) with a deadline that does not depend on the first poll. A deadline that is past ends the
    /// stream at its first poll.
    ///
    /// # Cancel safety
    ///
    /// Strict.
    #[doc(alias = "takeUntil")]
    #[doc(alias = "deadline")]
    #[doc(alias = "take_until")]
    fn take_before<T: Timer>(self, timer: T, deadline: impl Into<Deadline<T>>) -> TakeFor<Self, T> {
        TakeFor::until(self, timer, deadline.into())
    }

    /// Pairs each item with the instant at which it arrived.
    ///
    /// ```
    /// # use anytempo::StreamTimeExt;
    /// # use anytempo_virtual::marbles::check;
    /// // An instant is shown as the seconds since the start.
    /// check("a--b-|", |source, clock| source.timestamped(clock), "([0a])--([3b])-|");
    /// check("-(ab|)", |source, clock| source.timestamped(clock), "-([1a][1b]|)");
    /// ```
    ///
    /// The instant is read from the clock in the poll that reads the item.
    ///
    /// # Cancel safety
    ///
    /// As that of the source.
    ///
    /// # Examples
    ///
    /// ```
    /// use anytempo::{StreamTimeExt, Timer, next};
    /// use core::{pin::pin, time::Duration};
    ///
    /// # let clock = anytempo_virtual::VirtualClock::new();
    /// # anytempo_virtual::Executor::new(&clock).block_on(async {
    /// let start = clock.now();
    /// let mut numbers = pin!(clock.countdown(1, Duration::from_secs(3)).timestamped(&clock));
    /// assert_eq!(next(&mut numbers).await, Some((start, 1)));
    /// let (at, _) = next(&mut numbers).await.unwrap();
    /// assert_eq!(Some(at), clock.after(Duration::ZERO));
    /// assert_eq!(clock.elapsed(), Duration::from_secs(3));
    /// # }).unwrap();
    /// ```
    #[doc(alias = "with_timestamp")]
    #[doc(alias = "timestamp")]
    fn timestamped<T: Timer>(self, timer: T) -> Timestamped<Self, T> {
        Timestamped::new(self, timer)
    }

    /// Pairs each item with the time since the item before.
    ///
    /// ```
    /// # use anytempo::StreamTimeExt;
    /// # use anytempo_virtual::marbles::check;
    /// // A time is shown in seconds.
    /// check("a--b-|", |source, clock| source.time_between(clock), "([0a])--([3b])-|");
    /// check("-(ab|)", |source, clock| source.time_between(clock), "-([1a][0b]|)");
    /// ```
    ///
    /// The time of the first item counts from the first poll. On a clock that counts in ticks, it is rounded down to whole
    /// ticks.
    ///
    /// # Cancel safety
    ///
    /// As that of the source.
    ///
    /// # Examples
    ///
    /// ```
    /// use anytempo::{StreamTimeExt, Timer, next};
    /// use core::{pin::pin, time::Duration};
    ///
    /// # let clock = anytempo_virtual::VirtualClock::new();
    /// # anytempo_virtual::Executor::new(&clock).block_on(async {
    /// let mut numbers = pin!(clock.countdown(1, Duration::from_secs(3)).time_between(&clock));
    /// assert_eq!(next(&mut numbers).await, Some((Duration::ZERO, 1)));
    /// assert_eq!(next(&mut numbers).await, Some((Duration::from_secs(3), 0)));
    /// # }).unwrap();
    /// ```
    #[doc(alias = "timeInterval")]
    #[doc(alias = "time_interval")]
    fn time_between<T: Timer>(self, timer: T) -> TimeBetween<Self, T> {
        TimeBetween::new(self, timer)
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
    #[doc(alias = "finally")]
    #[doc(alias = "finalize")]
    #[doc(alias = "aclosing")]
    #[doc(alias = "doFinally")]
    fn close_on_exit<R: Close>(self, resource: R) -> CloseOnExit<Self, R> {
        CloseOnExit::new(self, resource)
    }
}

impl<S: Stream> StreamTimeExt for S {}
