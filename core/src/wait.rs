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

pub(crate) type Delta<T> = <<T as Timer>::Instant as Instant>::Delta;

pin_project! {
    /// One wait, which reads the clock and makes its timer at its first poll.
    ///
    /// `A` is the span with which it may be told to begin anew, if it can be told so.
    pub(crate) struct Wait<T: Timer, A = Once> {
        timer: T,
        #[pin]
        state: State<T, A>,
    }
}

pin_project! {
    /// A span lives where its timer will be, and not beside it: so a `Wait` is hardly more than its timer.
    #[project = StatePinned]
    enum State<T: Timer, A> {
        /// Not polled yet; the deadline will be this far from the first poll.
        After { delta: Delta<T> },
        Timed { stage: Stage<A>, #[pin] sleep: T::Sleep },
        /// Whoever would have waited here was done before there was anything to wait for.
        Never,
    }
}

/// How far a [`Wait`] with a timer is.
#[derive(Clone, Copy, Debug)]
enum Stage<A> {
    /// To begin anew, with a deadline this far from the next poll.
    Again(A),
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

/// The span of a wait that begins anew.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Again<D>(D);

/// There is none: such a wait begins once, and has no room for another span.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Once {}

/// What may be the span of a wait that begins anew.
pub(crate) trait Anew<D>: Copy {
    fn span(self) -> D;
}

impl<D: Copy> Anew<D> for Again<D> {
    fn span(self) -> D {
        self.0
    }
}

impl<D> Anew<D> for Once {
    fn span(self) -> D {
        match self {}
    }
}

impl<T: Timer> Wait<T, Again<Delta<T>>> {
    /// Begins anew with another delay, on the same timer, as if made by [`after`](Self::after).
    pub(crate) fn reset_after(self: Pin<&mut Self>, delay: Duration) {
        let delta = T::Instant::delta_ceil(delay);
        let mut state = self.project().state;
        match state.as_mut().project() {
            StatePinned::Timed { stage, .. } => *stage = Stage::Again(Again(delta)),
            StatePinned::After { .. } | StatePinned::Never => state.set(State::After { delta }),
        }
    }

    /// Begins anew with another deadline, as if made by [`until`](Self::until).
    pub(crate) fn reset_until(self: Pin<&mut Self>, deadline: Option<T::Instant>) {
        let mut this = self.project();
        match this.state.as_mut().project() {
            StatePinned::Timed { stage, sleep } => {
                sleep.reset(deadline);
                *stage = Stage::Until;
            }
            StatePinned::After { .. } | StatePinned::Never => {
                let sleep = this.timer.raw_sleep(deadline);
                this.state.set(State::Timed { stage: Stage::Until, sleep });
            }
        }
    }
}

impl<T: Timer, A> Wait<T, A> {
    pub(crate) fn after(timer: T, delay: Duration) -> Self {
        Self { timer, state: State::After { delta: T::Instant::delta_ceil(delay) } }
    }

    pub(crate) fn until(timer: T, deadline: Option<T::Instant>) -> Self {
        let sleep = timer.raw_sleep(deadline);
        Self { timer, state: State::Timed { stage: Stage::Until, sleep } }
    }

    /// Marks that whoever waited here is done.
    pub(crate) fn close(self: Pin<&mut Self>) {
        let mut state = self.project().state;
        match state.as_mut().project() {
            StatePinned::Timed { stage, .. } => *stage = Stage::Closed,
            StatePinned::After { .. } | StatePinned::Never => state.set(State::Never),
        }
    }

    pub(crate) fn is_due(&self) -> bool {
        matches!(self.state, State::Timed { stage: Stage::Due, .. })
    }

    pub(crate) fn is_closed(&self) -> bool {
        matches!(self.state, State::Timed { stage: Stage::Closed, .. } | State::Never)
    }
}

impl<T: Timer, A: Anew<Delta<T>>> Wait<T, A> {
    /// Is ready if the time is up, also in the very first poll: the way of a time limit.
    pub(crate) fn poll_due(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.poll(cx, false)
    }

    /// Is ready if the time is up, but never in the first poll: the way of a wait, which lets others run first.
    pub(crate) fn poll_wait(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.poll(cx, true)
    }

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>, yields: bool) -> Poll<()> {
        let mut this = self.project();
        let begun = this.state.as_mut().begin(this.timer);
        let StatePinned::Timed { stage, sleep } = this.state.project() else {
            return Poll::Pending;
        };
        let first = matches!(stage, Stage::Until);
        let due = match stage {
            Stage::Until => begun.unwrap_or_else(|| {
                !T::PROMPT && sleep.deadline().is_some_and(|it| it <= this.timer.now())
            }),
            Stage::Armed => false,
            Stage::Yielded | Stage::Due => true,
            // It has begun anew, or it has no more to say.
            Stage::Again(_) | Stage::Closed => return Poll::Pending,
        };
        if !due {
            *stage = Stage::Armed;
            ready!(sleep.poll(cx));
        }
        if yields && first {
            *stage = Stage::Yielded;
            return yield_now(cx);
        }
        *stage = Stage::Due;
        Poll::Ready(())
    }
}

impl<T: Timer, A: Anew<Delta<T>>> State<T, A> {
    /// Counts from now if the deadline is not known yet, and says whether it is there already.
    #[inline]
    fn begin(mut self: Pin<&mut Self>, timer: &T) -> Option<bool> {
        match self.as_mut().project() {
            StatePinned::After { delta } => {
                let (deadline, due) = from_now(timer, *delta);
                self.set(Self::Timed { stage: Stage::Until, sleep: timer.raw_sleep(deadline) });
                Some(due)
            }
            StatePinned::Timed { stage, sleep } => {
                let Stage::Again(again) = *stage else { return None };
                let (deadline, due) = from_now(timer, again.span());
                sleep.reset(deadline);
                *stage = Stage::Until;
                Some(due)
            }
            StatePinned::Never => None,
        }
    }
}

impl<T: Timer, A: fmt::Debug> fmt::Debug for Wait<T, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Wait");
        match &self.state {
            State::After { delta } => debug.field("after", delta),
            State::Timed { stage, sleep } => {
                debug.field("stage", stage).field("deadline", &sleep.deadline())
            }
            State::Never => debug.field("stage", &Stage::<A>::Closed),
        };
        debug.finish()
    }
}

pin_project! {
    /// Waits one after another on one timer, which is armed again and never made again.
    ///
    /// It hands out slots. The first is open at once; each later one opens when its wait is over. A slot stays open
    /// until it is taken, and before each later one at least one poll is pending.
    pub(crate) struct Pacer<T: Timer, I> {
        timer: T,
        period: Delta<T>,
        // What its owner gives in a slot. It is kept here, where it lies beside what is small: around the pacer it would
        // take up a whole word of the timer's.
        item: I,
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
    /// Open.
    Open,
    /// Taken, and the next one has not been asked for yet.
    Taken,
    /// Asked for; the timer runs.
    Armed,
    /// There are no more.
    Over,
}

impl<T: Timer, I> Pacer<T, I> {
    pub(crate) fn new(timer: T, period: Duration, item: I) -> Self {
        let sleep = timer.raw_sleep(None);
        // Decided once, of the duration, which costs less than a comparison of instants in each tick.
        let is_zero = period.is_zero();
        let period = T::Instant::delta_ceil(period);
        Self { timer, period, item, is_zero, rate: Rate::Delay, slot: Slot::First, sleep }
    }

    pub(crate) fn set_rate(&mut self, rate: Rate) {
        self.rate = rate;
    }

    pub(crate) fn item(&self) -> &I {
        &self.item
    }

    pub(crate) fn item_mut(self: Pin<&mut Self>) -> &mut I {
        self.project().item
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
            None => this.timer.deadline_after(*this.period),
            Some(before) => before.checked_add(*this.period),
        };
        this.sleep.as_mut().reset(deadline);
        // Without a period there is nothing to wait for, and a runtime that rounds up to its next tick must not make a
        // wait of it.
        if (!T::PROMPT && *this.is_zero) || this.sleep.poll(cx).is_ready() {
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
            // As a wait of no length, for which an adapter may have code already.
            let zero = T::Instant::delta_ceil(Duration::ZERO);
            this.sleep.reset(this.timer.deadline_after(zero));
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

impl<T: Timer, I: fmt::Debug> fmt::Debug for Pacer<T, I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { timer: _, period, item, is_zero: _, rate, slot, sleep } = self;
        f.debug_struct("Pacer")
            .field("period", period)
            .field("item", item)
            .field("rate", rate)
            .field("slot", slot)
            .field("deadline", &sleep.deadline())
            .finish()
    }
}

/// The deadline that is so far from now, and whether it is there already.
///
/// Runtimes do not agree on such a deadline: some are ready, some yield, and one that counts in milliseconds waits for the
/// next. So it is decided here, by the clock, unless a raw sleep is known to do the same.
fn from_now<T: Timer>(timer: &T, delta: Delta<T>) -> (Option<T::Instant>, bool) {
    if T::PROMPT {
        return (timer.deadline_after(delta), false);
    }
    let now = timer.now();
    let deadline = now.checked_after(delta);
    (deadline, deadline.is_some_and(|deadline| deadline <= now))
}

/// Lets whatever else wants to run have its turn.
fn yield_now(cx: &mut Context<'_>) -> Poll<()> {
    cx.waker().wake_by_ref();
    Poll::Pending
}
