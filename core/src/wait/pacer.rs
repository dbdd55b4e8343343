use core::fmt;
use core::marker::PhantomData;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use core::time::Duration;

use pin_project_lite::pin_project;

use crate::stream::{FixedDelay, FixedRate, Rate};
use crate::timer::{Instant, Sleep, Timer};
use crate::wait::{Delta, yield_now};

pin_project! {
    /// Waits one after another on one timer, which is armed again and never made again.
    ///
    /// It hands out slots. The first is open at once; each later one opens when its wait is over. A slot stays open
    /// until it is taken, and before each later one at least one poll is pending.
    pub(crate) struct Pacer<T: Timer, R, I> {
        timer: T,
        period: Delta<T>,
        // What its owner gives in a slot. It is kept here, where it lies beside what is small: around the pacer it would
        // take up a whole word of the timer's.
        #[pin]
        item: I,
        slot: Slot,
        #[pin]
        sleep: T::Sleep,
        rate: PhantomData<R>,
    }
}

// A word, which small processors reach from farther away than a byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
enum Slot {
    /// The first one, open from the start.
    First,
    /// Open.
    Open,
    /// Taken, and the next one has not been asked for yet.
    Taken,
    /// Asked for; the timer runs.
    Armed,
    /// Open, and without a period, so that there is nothing to wait for.
    Free,
    /// Taken, as [`Taken`](Self::Taken), without a period.
    Spent,
    /// There are no more.
    Over,
}

impl<T: Timer, I> Pacer<T, FixedDelay, I> {
    pub(crate) fn new(timer: T, period: Duration, item: I) -> Self {
        let sleep = timer.raw_sleep(None);
        // Without a period, a runtime that rounds up to its next tick must not make a wait of it. Known from the start, this
        // costs nothing in each tick.
        let slot = if !T::PROMPT && period.is_zero() { Slot::Free } else { Slot::First };
        let period = T::Instant::delta_ceil(period);
        Self { timer, period, item, slot, sleep, rate: PhantomData }
    }

    pub(crate) fn fixed_rate(self) -> Pacer<T, FixedRate, I> {
        let Self { timer, period, item, slot, mut sleep, rate: _ } = self;
        // It has begun, and has no deadline yet to count from.
        if slot == Slot::Taken && sleep.deadline().is_none() {
            sleep = timer.raw_sleep(Some(timer.now()));
        }
        Pacer { timer, period, item, slot, sleep, rate: PhantomData }
    }
}

impl<T: Timer, R, I> Pacer<T, R, I> {
    pub(crate) fn item(&self) -> &I {
        &self.item
    }

    pub(crate) fn item_mut(&mut self) -> &mut I {
        &mut self.item
    }

    pub(crate) fn item_pin_mut(self: Pin<&mut Self>) -> Pin<&mut I> {
        self.project().item
    }

    pub(crate) fn into_item(self) -> I {
        self.item
    }
}

impl<T: Timer, R: Rate, I> Pacer<T, R, I> {
    /// Asks for the next slot.
    // Inlined, and `arm` with it: on tokio, calls would add a third to what a tick costs beyond the timer's own work, and
    // a program has few kinds of stream that want a slot.
    #[inline(always)]
    pub(crate) fn poll_slot(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        // Not one `match`, which compilers make a jump table of: in a run of ticks these two are the only ones.
        if self.slot == Slot::Armed {
            let this = self.project();
            ready!(this.sleep.poll(cx));
            *this.slot = Slot::Open;
            Poll::Ready(())
        } else if self.slot == Slot::Taken {
            self.arm(cx);
            Poll::Pending
        } else if T::PROMPT {
            Poll::Ready(())
        } else {
            self.poll_untimed(cx)
        }
    }

    /// Sets the timer for the next slot, so that it wakes.
    #[inline(always)]
    fn arm(self: Pin<&mut Self>, cx: &mut Context<'_>) {
        let mut this = self.project();
        if R::FIXED {
            this.sleep.as_mut().reset_by(*this.period);
        } else {
            this.timer.reset_after(this.sleep.as_mut(), *this.period);
        }
        this.sleep.arm(cx);
        *this.slot = Slot::Armed;
    }

    /// The poll of a slot for which there is no wait.
    #[inline(never)]
    fn poll_untimed(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.slot != Slot::Spent {
            return Poll::Ready(());
        }
        *self.project().slot = Slot::Free;
        yield_now(cx)
    }

    /// Takes the slot that is open.
    ///
    /// A fixed rate counts from the time at which the first one is taken.
    #[inline]
    pub(crate) fn take_slot(self: Pin<&mut Self>) {
        let this = self.project();
        if !T::PROMPT && *this.slot == Slot::Free {
            *this.slot = Slot::Spent;
            return;
        }
        if R::FIXED && *this.slot == Slot::First {
            this.timer.reset_after(this.sleep, T::Instant::delta_ceil(Duration::ZERO));
        }
        *this.slot = Slot::Taken;
    }

    /// Has no more slots.
    pub(crate) fn end(self: Pin<&mut Self>) {
        *self.project().slot = Slot::Over;
    }

    pub(crate) fn is_over(&self) -> bool {
        self.slot == Slot::Over
    }
}

impl<T: Timer, R, I: fmt::Debug> fmt::Debug for Pacer<T, R, I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { timer: _, period, item, slot, sleep, rate } = self;
        f.debug_struct("Pacer")
            .field("period", period)
            .field("item", item)
            .field("rate", rate)
            .field("slot", slot)
            .field("deadline", &sleep.deadline())
            .finish()
    }
}
