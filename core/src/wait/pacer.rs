use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use crate::instant::Instant;
use crate::raw_sleep::RawSleep;
use crate::span::Span;
use crate::stream::{AnyRate, Rate, next_on_grid};
use crate::timer::Timer;
use crate::wait::{Delta, is_zero, never, yield_now};

pin_project! {
    /// Waits one after another on one timer, which is reset and never made again.
    ///
    /// It hands out slots. The first is open at once. Each later one opens when its wait is over. A slot stays open until
    /// it is taken, and before each later one at least one poll is pending.
    pub(crate) struct Pacer<T: Timer, R, I> {
        timer: T,
        period: Delta<T>,
        // What the owner gives in a slot. Here it lies next to other small fields; around the pacer it would take a word of
        // the timer's alignment.
        #[pin]
        item: I,
        slot: Slot,
        rate: R,
        #[pin]
        sleep: T::Sleep,
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
    /// Taken, and the next one was not asked for yet.
    Taken,
    /// Asked for; the timer runs.
    Armed,
    /// Open, and without a period: there is nothing to wait for.
    Free,
    /// As [`Taken`](Self::Taken), without a period.
    Spent,
    /// As [`Armed`](Self::Armed), without a period.
    Yielded,
    /// There are no more.
    Over,
}

impl<T: Timer, R: Rate, I> Pacer<T, R, I> {
    pub(crate) fn new(timer: T, period: impl Span<T::Instant>, rate: R, item: I) -> Self {
        let sleep = timer.raw_sleep(never::<T>());
        // Without a period there must be no wait, where a runtime would round it up to its next tick. Known from the start,
        // this costs nothing in each tick.
        let period = period.into_delta();
        let slot = if !T::PROMPT && is_zero::<T>(period) { Slot::Free } else { Slot::First };
        Self { timer, period, item, slot, rate, sleep }
    }

    /// The same at another rate. A wait that runs goes on. If the next slot was not asked for yet, its wait begins now.
    pub(crate) fn with_rate<R2: Rate>(self, rate: R2) -> Pacer<T, R2, I> {
        let Self { timer, period, item, mut slot, rate: _, mut sleep } = self;
        match slot {
            Slot::Taken => sleep = timer.raw_sleep(timer.now().checked_after(period)),
            // What a rate counts from here is known to that rate alone.
            Slot::Open => slot = Slot::First,
            _ => {}
        }
        Pacer { timer, period, item, slot, rate, sleep }
    }

    /// Sets the period, and lets a wait that runs begin anew.
    pub(crate) fn reset(self: Pin<&mut Self>, period: impl Span<T::Instant>) {
        let mut this = self.project();
        *this.period = period.into_delta();
        let is_free = !T::PROMPT && is_zero::<T>(*this.period);
        let counts_from_request = this.rate.any() == AnyRate::FixedDelay;
        if is_free {
            this.sleep.as_mut().reset(never::<T>());
        }
        *this.slot = match *this.slot {
            Slot::Over => Slot::Over,
            Slot::First | Slot::Open | Slot::Free if is_free => Slot::Free,
            Slot::First | Slot::Open | Slot::Free => Slot::First,
            Slot::Armed | Slot::Yielded if is_free => Slot::Yielded,
            Slot::Taken | Slot::Spent if is_free => Slot::Spent,
            Slot::Taken | Slot::Spent if counts_from_request => Slot::Taken,
            slot @ (Slot::Taken | Slot::Spent | Slot::Armed | Slot::Yielded) => {
                this.sleep.reset(this.timer.now().checked_after(*this.period));
                if matches!(slot, Slot::Armed | Slot::Yielded) { Slot::Armed } else { Slot::Taken }
            }
        };
    }

    /// Asks for the next slot.
    // Inlined, and `arm` with it: on tokio, calls would add a third to what a tick costs beyond the timer's own work, and
    // a program has few kinds of stream that want a slot.
    #[inline(always)]
    pub(crate) fn poll_slot(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        // Not one `match`, which compilers turn into a jump table: in a run of ticks these two are the only ones.
        if self.slot == Slot::Armed {
            let mut this = self.project();
            ready!(this.sleep.as_mut().poll(cx));
            *this.slot = Slot::Open;
            if this.rate.any() == AnyRate::FixedRate {
                let reached: Option<T::Instant> = this.sleep.deadline().into();
                if let Some(reached) = reached {
                    this.sleep.reset(reached.checked_add(*this.period));
                }
            }
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

    /// Arms the timer for the next slot.
    #[inline(always)]
    fn arm(self: Pin<&mut Self>, cx: &mut Context<'_>) {
        let mut this = self.project();
        if this.rate.any() == AnyRate::FixedDelay {
            this.sleep.as_mut().reset(this.timer.now().checked_after(*this.period));
        }
        this.sleep.arm(cx);
        *this.slot = Slot::Armed;
    }

    /// The poll of a slot for which there is no wait.
    #[inline(never)]
    fn poll_untimed(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let slot = self.project().slot;
        if *slot == Slot::Spent {
            *slot = Slot::Yielded;
            return yield_now(cx);
        }
        if *slot == Slot::Yielded {
            *slot = Slot::Free;
        }
        Poll::Ready(())
    }

    /// Takes the slot that is open. Where the rate counts from this slot, the deadline of the next one is set.
    #[inline]
    pub(crate) fn take_slot(self: Pin<&mut Self>) {
        let this = self.project();
        if !T::PROMPT && *this.slot == Slot::Free {
            *this.slot = Slot::Spent;
            return;
        }
        let rate = this.rate.any();
        let is_first = *this.slot == Slot::First;
        if rate == AnyRate::Spaced || (is_first && rate != AnyRate::FixedDelay) {
            // The first period has the tick that a wait from now has, as the clock may be almost a tick further.
            this.sleep.reset(this.timer.now().checked_after(*this.period));
        } else if rate == AnyRate::Skip {
            let deadline: Option<T::Instant> = this.sleep.deadline().into();
            if let Some(deadline) = deadline {
                this.sleep.reset(next_on_grid::<T>(deadline, *this.period, this.timer.now()));
            }
        }
        *this.slot = Slot::Taken;
    }

    /// Has no more slots, and gives up the timer.
    #[inline]
    pub(crate) fn end(self: Pin<&mut Self>) {
        let this = self.project();
        *this.slot = Slot::Over;
        // A timer that is a number has nothing to give up.
        if core::mem::needs_drop::<T::Sleep>() {
            this.sleep.reset(never::<T>());
        }
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

    /// Its timer, its period and its item.
    pub(crate) fn into_parts(self) -> (T, Delta<T>, I) {
        (self.timer, self.period, self.item)
    }

    pub(crate) fn is_over(&self) -> bool {
        self.slot == Slot::Over
    }

    pub(crate) fn deadline(&self) -> Option<T::Instant> {
        if self.slot == Slot::Armed { self.sleep.deadline().into() } else { None }
    }
}

impl<T: Timer, R: fmt::Debug, I> Pacer<T, R, I> {
    /// Adds its delay, rate and deadline to the `Debug` of its owner.
    pub(crate) fn fmt_into(&self, debug: &mut fmt::DebugStruct<'_, '_>) {
        debug
            .field("delay", &T::Instant::to_duration(self.period))
            .field("rate", &self.rate)
            .field("deadline", &self.deadline());
    }
}
