use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

use crate::instant::Instant;
use crate::raw_sleep::RawSleep;
use crate::stream::drain::source;
use crate::timer::{Deadline, Timer};
use crate::wait::{Delta, is_zero, never, yield_now};

pin_project! {
    /// The stream of [`Pace::burst`](crate::stream::Pace::burst).
    ///
    /// It is a token bucket: an item takes a token, and each delay gives one back.
    #[must_use = "streams do nothing unless polled"]
    pub struct Burst<S: Stream, T: Timer> {
        #[pin]
        source: S,
        timer: T,
        delay: Delta<T>,
        most: u32,
        // How many are left. If all are, `sleep` has no meaning.
        tokens: u32,
        item: Option<S::Item>,
        slot: Slot,
        // When the next token is back.
        #[pin]
        sleep: T::Sleep,
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
enum Slot {
    /// Open.
    Open,
    /// Taken, and the next one was not asked for yet.
    Taken,
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
        is_over: bool,
    ) -> Self {
        let sleep = timer.raw_sleep(never::<T>());
        let most = most.max(1);
        let slot = if is_over { Slot::Over } else { Slot::Open };
        Self { source, timer, delay, most, tokens: most, item, slot, sleep }
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
    fn poll_slot(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        match self.slot {
            Slot::Open | Slot::Over => return Poll::Ready(()),
            Slot::Armed => {
                ready!(self.as_mut().project().sleep.poll(cx));
                self.as_mut().refill();
                *self.project().slot = Slot::Open;
                return Poll::Ready(());
            }
            Slot::Taken => self.as_mut().refill(),
        }
        let this = self.project();
        if *this.tokens > 0 {
            *this.slot = Slot::Open;
            return yield_now(cx);
        }
        this.sleep.arm(cx);
        *this.slot = Slot::Armed;
        Poll::Pending
    }

    /// Counts the tokens that are back.
    ///
    /// It doubles its steps instead of dividing, as a division of 64 bits is dear on a small processor.
    fn refill(self: Pin<&mut Self>) {
        let mut this = self.project();
        let now = this.timer.now();
        let reached = |at: Deadline<T>| {
            let at: Option<T::Instant> = at.into();
            at.filter(|it| *it <= now)
        };
        if is_zero::<T>(*this.delay) {
            *this.tokens = *this.most;
        }
        while *this.tokens < *this.most {
            let Some(back) = reached(this.sleep.deadline()) else { return };
            *this.tokens += 1;
            let mut next = back.checked_add(*this.delay);
            let (mut count, mut span) = (1_u32, *this.delay);
            // One less than there may be, for the next turn.
            while count < *this.most - *this.tokens {
                let ahead = |at: T::Instant| Some((at, reached(at.checked_add(span))?));
                let Some((at, later)) = reached(next).and_then(ahead) else { break };
                *this.tokens += count;
                next = later.into();
                let twice: Option<T::Instant> = later.checked_add(span).into();
                let Some(twice) = twice else { break };
                span = twice.saturating_since(at);
                count = count.saturating_mul(2);
            }
            this.sleep.as_mut().reset(next);
        }
    }

    /// Takes the slot that is open: the bucket has a token less.
    fn take_slot(mut self: Pin<&mut Self>) {
        // The slot may have been open for long.
        self.as_mut().refill();
        let this = self.project();
        if *this.tokens == *this.most {
            this.sleep.reset(this.timer.now().checked_after(*this.delay));
        }
        *this.tokens = this.tokens.saturating_sub(1);
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
            .field("most", &self.most)
            .field("delay", &T::Instant::to_duration(self.delay))
            .field("deadline", &self.deadline())
            .finish()
    }
}
