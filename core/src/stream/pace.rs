use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

use crate::span::Span;
use crate::stream::{Burst, Rate, Spaced};
use crate::timer::Timer;
use crate::wait::Pacer;

pin_project! {
    /// The stream of [`StreamTimeExt::pace`](crate::StreamTimeExt::pace).
    #[must_use = "streams do nothing unless polled"]
    pub struct Pace<S: Stream, T: Timer, R = Spaced> {
        #[pin]
        pacer: Pacer<T, R, Ahead<S, S::Item>>,
    }
}

pin_project! {
    /// A source that is read one item ahead of its slot, so that its end shows at once; then there are no more slots.
    struct Ahead<S, I> {
        #[pin]
        source: S,
        item: Option<I>,
    }
}

impl<S: Stream, T: Timer> Pace<S, T> {
    pub(super) fn new(source: S, timer: T, delay: impl Span<T::Instant>) -> Self {
        Self { pacer: Pacer::new(timer, delay, Spaced, Ahead { source, item: None }) }
    }

    /// Lets up to `most` items pass at once after a pause, as a token bucket. No item is lost.
    ///
    /// ```
    /// # use anytempo::StreamTimeExt;
    /// # use anytempo_virtual::marbles::{TICK, check};
    /// // A character is a second.
    /// check("(abcde)----------(fg)|", |source, clock| source.pace(clock, TICK * 2).burst(3), "(abc)-d-e------(fg)|");
    /// check("(abc|)", |source, clock| source.pace(clock, TICK * 2).burst(1), "a-b-(c|)");
    /// ```
    ///
    /// More precisely: the bucket holds `most` tokens and is full at the start. An item takes one, and each `delay` adds one.
    /// At least one pending poll comes before each later item, also within a burst; it wakes the task.
    ///
    /// - A `most` of 0 or 1 is a pace without bursts.
    /// - With a zero `delay` every item comes at once. With a `delay` beyond the clock's range `most` items come, and then
    ///   nothing, except for the end if that comes next.
    /// - It is meant for a stream that has not begun. Otherwise the bucket is full, and an item that waits is given at once.
    #[doc(alias = "leaky_bucket")]
    #[doc(alias = "governor")]
    #[doc(alias = "token bucket")]
    #[doc(alias = "rate_limit")]
    pub fn burst(self, most: u32) -> Burst<S, T> {
        let is_over = self.pacer.is_over();
        let (timer, delay, ahead) = self.pacer.into_parts();
        Burst::new(ahead.source, ahead.item, timer, delay, most, is_over)
    }
}

impl<S: Stream, T: Timer, R: Rate> Pace<S, T, R> {
    /// Sets what the delay counts from.
    ///
    /// It is a type such as [`FixedRate`](crate::stream::FixedRate), or an [`AnyRate`](crate::stream::AnyRate) that is
    /// chosen at run time.
    ///
    /// [`Rate`] has all of them. The first item starts the grid of a fixed rate. On a clock that counts in ticks, a fixed
    /// rate is a whole number of ticks: a delay that is not is rounded up once.
    ///
    /// It is meant for a stream that has not begun. Otherwise a wait that runs goes on, and if the next item was not asked
    /// for yet, its delay counts from now.
    ///
    /// # Examples
    ///
    /// ```
    /// use anytempo::{StreamTimeExt, Timer, next, range, stream::FixedRate};
    /// use core::{pin::pin, time::Duration};
    ///
    /// # let clock = anytempo_virtual::VirtualClock::new();
    /// # let executor = anytempo_virtual::Executor::new(&clock);
    /// # executor.block_on(async {
    /// let mut items = pin!(range(0..100).pace(&clock, Duration::from_secs(1)).rate(FixedRate));
    /// while next(&mut items).await.is_some() {
    ///     // Work that takes less than a period does not slow the stream down.
    ///     clock.sleep(Duration::from_millis(900)).await;
    /// }
    /// assert_eq!(clock.elapsed(), Duration::from_millis(99_900));
    /// # }).unwrap();
    /// ```
    #[doc(alias = "set_missed_tick_behavior")]
    pub fn rate<R2: Rate>(self, rate: R2) -> Pace<S, T, R2> {
        Pace { pacer: self.pacer.with_rate(rate) }
    }

    /// Sets another delay. A wait that runs begins anew: its item is due `delay` from now.
    ///
    /// **Poll it after the reset**, as after [`Sleep::reset`](crate::future::Sleep::reset). The grid of a fixed rate starts
    /// anew with that item. A zero `delay`, and one beyond the clock's range, are as in
    /// [`pace`](crate::StreamTimeExt::pace).
    pub fn reset(self: Pin<&mut Self>, delay: impl Span<T::Instant>) {
        self.project().pacer.reset(delay);
    }
}

impl<S: Stream, T: Timer, R> Pace<S, T, R> {
    /// When the next item may be given, if it was asked for. `None` otherwise, and where that is never.
    pub fn deadline(&self) -> Option<T::Instant> {
        self.pacer.deadline()
    }

    /// The source.
    pub fn get_ref(&self) -> &S {
        &self.pacer.item().source
    }

    /// The source, to be changed.
    pub fn get_mut(&mut self) -> &mut S {
        &mut self.pacer.item_mut().source
    }

    /// The source, pinned.
    pub fn get_pin_mut(self: Pin<&mut Self>) -> Pin<&mut S> {
        self.project().pacer.item_pin_mut().project().source
    }

    /// Gives the source back. An item that it had already given and that waits for its time is lost.
    pub fn into_inner(self) -> S {
        self.pacer.into_item().source
    }
}

impl<S: Stream, T: Timer, R: Rate> Stream for Pace<S, T, R> {
    type Item = S::Item;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let mut pacer = self.project().pacer;
        if pacer.item().item.is_none() {
            if pacer.is_over() {
                return Poll::Ready(None);
            }
            let ahead = pacer.as_mut().item_pin_mut().project();
            match ahead.source.poll_next(cx) {
                Poll::Ready(None) => {
                    pacer.end();
                    return Poll::Ready(None);
                }
                Poll::Ready(item) => *ahead.item = item,
                Poll::Pending => {}
            }
        }
        // The wait goes on beside a source that is pending: it counts from when the item was asked for.
        ready!(pacer.as_mut().poll_slot(cx));
        let ahead = pacer.as_mut().item_pin_mut().project();
        let Some(item) = ahead.item.take() else { return Poll::Pending };
        pacer.take_slot();
        Poll::Ready(Some(item))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        if self.pacer.is_over() {
            return (0, Some(0));
        }
        let Ahead { source, item } = self.pacer.item();
        let (lower, upper) = source.size_hint();
        if item.is_none() {
            return (lower, upper);
        }
        (lower.saturating_add(1), upper.and_then(|upper| upper.checked_add(1)))
    }
}

impl<S: Stream, T: Timer, R: Rate> FusedStream for Pace<S, T, R> {
    fn is_terminated(&self) -> bool {
        self.pacer.is_over()
    }
}

impl<S: Stream<Item: fmt::Debug> + fmt::Debug, T: Timer, R: fmt::Debug> fmt::Debug
    for Pace<S, T, R>
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Ahead { source, item } = self.pacer.item();
        let mut debug = f.debug_struct("Pace");
        debug.field("source", source).field("ahead", item);
        self.pacer.fmt_into(&mut debug);
        debug.finish()
    }
}
