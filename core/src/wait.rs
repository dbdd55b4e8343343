//! The two ways in which combinators use a timer: one [`Wait`], or the repeated waits of a [`Pacer`].
//!
//! What the runtimes do differently at the edges (a deadline that is past, a zero delay, a span that overflows) is made
//! the same here, once, and nowhere else.

use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use core::time::Duration;

use pin_project_lite::pin_project;

use crate::timer::{Instant, Sleep, Timer};

type Delta<T> = <<T as Timer>::Instant as Instant>::Delta;

pin_project! {
    /// One wait, which reads the clock and arms its timer at its first poll.
    pub(crate) struct Wait<T: Timer> {
        timer: T,
        stage: Stage<Delta<T>>,
        #[pin]
        sleep: T::Sleep,
    }
}

/// How far a [`Wait`] is.
///
/// The span lives in the stage that needs it, and not beside it: so a `Wait` is 16 bytes more than its timer.
#[derive(Clone, Copy, Debug)]
enum Stage<D> {
    /// Not polled yet; the deadline will be this far from the first poll.
    After(D),
    /// Not polled yet; the deadline is set.
    Until,
    /// The timer runs.
    Armed,
    /// The deadline was reached at the first poll of a wait, which must be pending all the same.
    Yielded,
    /// The deadline was reached, and whoever waits here was told.
    Due,
    /// Whoever waited here is done, and will not ask again.
    Closed,
}

impl<T: Timer> Wait<T> {
    pub(crate) fn after(timer: T, delay: Duration) -> Self {
        let sleep = timer.raw_sleep(None);
        Self { timer, stage: Stage::After(T::Instant::delta_ceil(delay)), sleep }
    }

    pub(crate) fn until(timer: T, deadline: Option<T::Instant>) -> Self {
        let sleep = timer.raw_sleep(deadline);
        Self { timer, stage: Stage::Until, sleep }
    }

    /// Begins anew with another delay, as if made by [`after`](Self::after).
    pub(crate) fn reset_after(self: Pin<&mut Self>, delay: Duration) {
        // The timer is left as it is: the next poll arms it anew, and until then a wake by the old deadline does no harm.
        *self.project().stage = Stage::After(T::Instant::delta_ceil(delay));
    }

    /// Begins anew with another deadline, as if made by [`until`](Self::until).
    pub(crate) fn reset_until(self: Pin<&mut Self>, deadline: Option<T::Instant>) {
        let this = self.project();
        this.sleep.reset(deadline);
        *this.stage = Stage::Until;
    }

    /// Marks that whoever waited here is done.
    pub(crate) fn close(self: Pin<&mut Self>) {
        *self.project().stage = Stage::Closed;
    }

    pub(crate) fn is_due(&self) -> bool {
        matches!(self.stage, Stage::Due)
    }

    pub(crate) fn is_closed(&self) -> bool {
        matches!(self.stage, Stage::Closed)
    }

    /// Is ready if the time is up, also in the very first poll: the way of a time limit.
    pub(crate) fn poll_due(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut this = self.project();
        let due = match *this.stage {
            Stage::After(delta) => {
                let now = this.timer.now();
                let deadline = now.checked_after(delta);
                this.sleep.as_mut().reset(deadline);
                deadline.is_some_and(|deadline| deadline <= now)
            }
            Stage::Until => this.sleep.deadline().is_some_and(|it| it <= this.timer.now()),
            Stage::Armed => false,
            Stage::Yielded | Stage::Due => true,
            Stage::Closed => return Poll::Pending,
        };
        // Runtimes do not agree on a deadline that is already there: some are ready, some yield, and one that counts in
        // milliseconds waits for the next. So it is decided here, by the clock.
        if !due {
            *this.stage = Stage::Armed;
            ready!(this.sleep.poll(cx));
        }
        *this.stage = Stage::Due;
        Poll::Ready(())
    }

    /// Is ready if the time is up, but never in the first poll: the way of a wait, which lets others run first.
    pub(crate) fn poll_wait(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let first = matches!(self.stage, Stage::After(_) | Stage::Until);
        ready!(self.as_mut().poll_due(cx));
        if first {
            *self.project().stage = Stage::Yielded;
            return yield_now(cx);
        }
        Poll::Ready(())
    }
}

impl<T: Timer> fmt::Debug for Wait<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { timer: _, stage, sleep } = self;
        f.debug_struct("Wait").field("stage", stage).field("deadline", &sleep.deadline()).finish()
    }
}

pin_project! {
    /// Waits one after another on one timer, which is armed again and never made again.
    ///
    /// It hands out slots. The first is open at once; each later one opens when its wait is over. A slot stays open
    /// until it is taken, and before each later one at least one poll is pending.
    pub(crate) struct Pacer<T: Timer> {
        timer: T,
        period: Delta<T>,
        is_zero: bool,
        rate: Rate,
        slot: Slot,
        #[pin]
        sleep: T::Sleep,
    }
}

/// What a period counts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rate {
    /// From the poll that first asks for the slot.
    Delay,
    /// From the deadline before it, so that nothing adds up.
    Fixed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Slot {
    /// The first one, open from the start.
    First,
    /// Taken, and the next one has not been asked for yet.
    Taken,
    /// Asked for; the timer runs.
    Armed,
    /// Open.
    Open,
}

impl<T: Timer> Pacer<T> {
    pub(crate) fn new(timer: T, period: Duration) -> Self {
        let sleep = timer.raw_sleep(None);
        // Decided once, of the duration, which costs less than a comparison of instants in each tick.
        let is_zero = period.is_zero();
        let period = T::Instant::delta_ceil(period);
        Self { timer, period, is_zero, rate: Rate::Delay, slot: Slot::First, sleep }
    }

    pub(crate) fn set_rate(&mut self, rate: Rate) {
        self.rate = rate;
    }

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
            self.arm(cx)
        } else {
            Poll::Ready(())
        }
    }

    /// Sets the timer for the next slot, and polls it, so that it wakes.
    #[inline(always)]
    fn arm(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut this = self.project();
        let before = match *this.rate {
            Rate::Delay => None,
            // One that is never is not reached again, so where there is none yet the rate has just been fixed.
            Rate::Fixed => this.sleep.deadline(),
        };
        let deadline = match before {
            None => this.timer.now().checked_after(*this.period),
            Some(before) => before.checked_add(*this.period),
        };
        this.sleep.as_mut().reset(deadline);
        // Without a period there is nothing to wait for, and a runtime that rounds up to its next tick must not make a
        // wait of it.
        if *this.is_zero || this.sleep.poll(cx).is_ready() {
            *this.slot = Slot::Open;
            return yield_now(cx);
        }
        *this.slot = Slot::Armed;
        Poll::Pending
    }

    /// Takes the slot that is open.
    ///
    /// A fixed rate counts from the time at which the first one is taken.
    #[inline]
    pub(crate) fn take_slot(self: Pin<&mut Self>) {
        let this = self.project();
        if *this.slot == Slot::First && *this.rate == Rate::Fixed {
            let now = this.timer.now();
            this.sleep.reset(Some(now));
        }
        *this.slot = Slot::Taken;
    }
}

impl<T: Timer> fmt::Debug for Pacer<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { timer: _, period, is_zero: _, rate, slot, sleep } = self;
        f.debug_struct("Pacer")
            .field("period", period)
            .field("rate", rate)
            .field("slot", slot)
            .field("deadline", &sleep.deadline())
            .finish()
    }
}

/// Lets whatever else wants to run have its turn.
fn yield_now(cx: &mut Context<'_>) -> Poll<()> {
    cx.waker().wake_by_ref();
    Poll::Pending
}
