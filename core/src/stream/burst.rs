use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

use crate::instant::Instant;
use crate::raw_sleep::RawSleep;
use crate::stream::drain::source;
use crate::timer::{Deadline, Timer};
use crate::wait::{Delta, never, yield_now};

pin_project! {
    /// The stream of [`Pace::burst`](crate::stream::Pace::burst).
    ///
    /// It is a token bucket. Instead of the tokens it keeps the time at which the bucket will be full, which is a cell
    /// rate algorithm (GCRA): so there is one instant to keep, and nothing to count.
    #[must_use = "streams do nothing unless polled"]
    pub struct Burst<S: Stream, T: Timer> {
        #[pin]
        source: S,
        timer: T,
        delay: Delta<T>,
        // How long before the bucket is full an item may be given.
        ahead: Delta<T>,
        item: Option<S::Item>,
        slot: Slot,
        // When the bucket will be full. While a wait runs, its deadline: that is earlier by `ahead`.
        #[pin]
        sleep: T::Sleep,
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
enum Slot {
    /// The first one. The bucket is full.
    First,
    /// Taken, and the next one was not asked for yet.
    Taken,
    /// Asked for, and open from the next poll on.
    Granted,
    /// Asked for; the timer runs.
    Armed,
    /// There are no more.
    Over,
}

impl<S: Stream, T: Timer> Burst<S, T> {
    pub(super) fn new(
        source: S,
        item: Option<S::Item>,
        timer: T,
        delay: Delta<T>,
        most: u32,
    ) -> Self {
        let sleep = timer.raw_sleep(never::<T>());
        let ahead = T::Instant::to_duration(delay).saturating_mul(most.saturating_sub(1));
        let ahead = T::Instant::delta_ceil(ahead);
        Self { source, timer, delay, ahead, item, slot: Slot::First, sleep }
    }

    source! {
        /// An item that waits for its time is lost.
    }

    /// When the next item may be given, if it was asked for. `None` otherwise, and where that is never.
    pub fn deadline(&self) -> Option<T::Instant> {
        if self.slot == Slot::Armed { self.sleep.deadline().into() } else { None }
    }
}

impl<S: Stream, T: Timer> Burst<S, T> {
    /// Asks for the next slot.
    fn poll_slot(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut this = self.project();
        match *this.slot {
            Slot::First | Slot::Granted | Slot::Over => Poll::Ready(()),
            Slot::Armed => {
                ready!(this.sleep.as_mut().poll(cx));
                let due: Option<T::Instant> = this.sleep.deadline().into();
                if let Some(due) = due {
                    this.sleep.reset(due.checked_add(*this.ahead));
                }
                *this.slot = Slot::Granted;
                Poll::Ready(())
            }
            Slot::Taken => {
                let now = this.timer.now();
                let full: Option<T::Instant> = this.sleep.deadline().into();
                let reach: Option<T::Instant> = now.checked_add(*this.ahead).into();
                let due: Deadline<T> = match (full, reach) {
                    (Some(full), Some(reach)) if full > reach => {
                        now.checked_add(full.saturating_since(reach))
                    }
                    (Some(_), _) => {
                        *this.slot = Slot::Granted;
                        return yield_now(cx);
                    }
                    (None, _) => never::<T>(),
                };
                this.sleep.as_mut().reset(due);
                this.sleep.arm(cx);
                *this.slot = Slot::Armed;
                Poll::Pending
            }
        }
    }

    /// Takes the slot that is open: the bucket has a token less.
    fn take_slot(self: Pin<&mut Self>) {
        let this = self.project();
        let now = this.timer.now();
        let full: Option<T::Instant> = this.sleep.deadline().into();
        let full = match full {
            Some(full) if *this.slot != Slot::First && full > now => full.checked_add(*this.delay),
            _ => now.checked_after(*this.delay),
        };
        this.sleep.reset(full);
        *this.slot = Slot::Taken;
    }
}

impl<S: Stream, T: Timer> Stream for Burst<S, T> {
    type Item = S::Item;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        if self.item.is_none() {
            if self.slot == Slot::Over {
                return Poll::Ready(None);
            }
            let this = self.as_mut().project();
            match this.source.poll_next(cx) {
                Poll::Ready(None) => {
                    *this.slot = Slot::Over;
                    this.sleep.reset(never::<T>());
                    return Poll::Ready(None);
                }
                Poll::Ready(item) => *this.item = item,
                Poll::Pending => {}
            }
        }
        // The wait goes on beside a source that is pending, as in `Pace`.
        ready!(self.as_mut().poll_slot(cx));
        let Some(item) = self.as_mut().project().item.take() else { return Poll::Pending };
        self.take_slot();
        Poll::Ready(Some(item))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        if self.slot == Slot::Over {
            return (0, Some(0));
        }
        let (lower, upper) = self.source.size_hint();
        let ahead = usize::from(self.item.is_some());
        (lower.saturating_add(ahead), upper.and_then(|upper| upper.checked_add(ahead)))
    }
}

impl<S: Stream, T: Timer> FusedStream for Burst<S, T> {
    fn is_terminated(&self) -> bool {
        self.slot == Slot::Over
    }
}

impl<S: Stream<Item: fmt::Debug> + fmt::Debug, T: Timer> fmt::Debug for Burst<S, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Burst")
            .field("source", &self.source)
            .field("ahead", &self.item)
            .field("delay", &T::Instant::to_duration(self.delay))
            .field("deadline", &self.deadline())
            .finish()
    }
}
