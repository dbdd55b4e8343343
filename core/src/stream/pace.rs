use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;

use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

use crate::timer::Timer;
use crate::wait::{Pacer, Rate};

pin_project! {
    /// The stream of [`StreamTimeExt::pace`](crate::StreamTimeExt::pace).
    #[must_use = "streams do nothing unless polled"]
    #[derive(Debug)]
    pub struct Pace<S: Stream, T: Timer> {
        #[pin]
        source: S,
        #[pin]
        pacer: Pacer<T, Ahead<S::Item>>,
    }
}

/// What is known of the source, which is read one item ahead of its slot so that its end shows at once.
#[derive(Debug)]
enum Ahead<I> {
    /// To be polled.
    Unknown,
    /// Its next item, which waits for a slot.
    Item(I),
    /// It has ended.
    End,
}

impl<S: Stream, T: Timer> Pace<S, T> {
    pub(super) fn new(source: S, timer: T, delay: Duration) -> Self {
        Self { source, pacer: Pacer::new(timer, delay, Ahead::Unknown) }
    }

    /// Counts the delay from the previous deadline: item number N is due at the start plus N delays, with no drift.
    ///
    /// On a clock that counts in ticks these are delays of whole ticks: one that is not is rounded up once, and then is
    /// what the rate is.
    ///
    /// The start is the time at which the first item is given. After a delay on either side the items that are overdue
    /// come at once, each in a poll of its own, until the stream has caught up.
    ///
    /// # Examples
    ///
    /// ```
    /// use anytempo::{StreamTimeExt, Timer, next, range};
    /// use core::{pin::pin, time::Duration};
    ///
    /// # let clock = anytempo_virtual::VirtualClock::new();
    /// # let executor = anytempo_virtual::Executor::new(&clock);
    /// # executor.block_on(async {
    /// let mut items = pin!(range(0..100).pace(&clock, Duration::from_secs(1)).fixed_rate());
    /// while next(&mut items).await.is_some() {
    ///     // Work that takes less than a period does not slow the stream down.
    ///     clock.sleep(Duration::from_millis(900)).await;
    /// }
    /// assert_eq!(clock.elapsed(), Duration::from_millis(99_900));
    /// # }).unwrap();
    /// ```
    pub fn fixed_rate(mut self) -> Self {
        self.pacer.set_rate(Rate::Fixed);
        self
    }

    /// The source.
    pub fn get_ref(&self) -> &S {
        &self.source
    }

    /// The source, to be changed.
    pub fn get_mut(&mut self) -> &mut S {
        &mut self.source
    }

    /// The source, pinned.
    pub fn get_pin_mut(self: Pin<&mut Self>) -> Pin<&mut S> {
        self.project().source
    }

    /// Gives the source back. An item that it had already given and that waits for its time is lost.
    pub fn into_inner(self) -> S {
        self.source
    }
}

impl<S: Stream, T: Timer> Stream for Pace<S, T> {
    type Item = S::Item;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let mut this = self.project();
        let ahead = this.pacer.as_mut().item_mut();
        if let Ahead::Unknown = ahead {
            match this.source.poll_next(cx) {
                Poll::Ready(Some(item)) => *ahead = Ahead::Item(item),
                Poll::Ready(None) => *ahead = Ahead::End,
                Poll::Pending => {}
            }
        }
        if let Ahead::End = ahead {
            return Poll::Ready(None);
        }
        // The wait goes on beside a source that is pending: it counts from when the item was asked for.
        let slot = this.pacer.as_mut().poll_slot(cx);
        if slot.is_pending() {
            return Poll::Pending;
        }
        match core::mem::replace(this.pacer.as_mut().item_mut(), Ahead::Unknown) {
            Ahead::Item(item) => {
                this.pacer.take_slot();
                Poll::Ready(Some(item))
            }
            Ahead::Unknown | Ahead::End => Poll::Pending,
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let (lower, upper) = match self.pacer.item() {
            Ahead::End => return (0, Some(0)),
            Ahead::Unknown => return self.source.size_hint(),
            Ahead::Item(_) => self.source.size_hint(),
        };
        (lower.saturating_add(1), upper.and_then(|upper| upper.checked_add(1)))
    }
}

impl<S: Stream, T: Timer> FusedStream for Pace<S, T> {
    fn is_terminated(&self) -> bool {
        matches!(self.pacer.item(), Ahead::End)
    }
}
