use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::instant::Instant;
use crate::raw_sleep::RawSleep;
use crate::span::Span;
use crate::timer::{Deadline, Timer};
use crate::wait::state::{Stage, State, StatePinned, arm, has_passed, poll_started, poll_timed};
use crate::wait::{Delta, is_zero, never, yield_now};

pin_project! {
    /// One reusable timer, for writing combinators: see the [module](self) for an example.
    ///
    /// It is polled in one of two ways. [`poll_delay`](Wait::poll_delay) waits as [`Timer::sleep`] does, and yields at least
    /// once. [`poll_limit`](Wait::poll_limit) limits as [`Timer::timeout`] does, and is ready at once where the time is up.
    ///
    /// A span counts from the first poll, or from a [`reset`](Wait::reset) that comes later. A zero span and a past deadline
    /// are due. A span beyond the clock's range is never due. Once due, it stays ready until it is reset. Dropping it gives up
    /// its registration and its waker.
    #[doc(alias = "Delay")]
    #[must_use = "a wait does nothing unless polled"]
    pub struct Wait<T: Timer> {
        pub(super) timer: T,
        #[pin]
        pub(super) state: State<T>,
    }
}

impl<T: Timer> Wait<T> {
    pub(super) const KEEPS_ITS_TIMER: bool = State::<T>::KEEPS_ITS_TIMER;

    /// Whether a timer is its deadline and no more, and its poll compares that with the clock.
    pub(crate) const IS_NUMBER: bool = T::PROMPT && !Self::KEEPS_ITS_TIMER;

    /// Waits for `delay`, counted from the first poll. Reads no clock.
    #[inline]
    pub fn after(timer: T, delay: impl Span<T::Instant>) -> Self {
        let delta = delay.into_delta();
        Self { timer, state: State::After { stage: Stage::New, delta } }
    }

    /// Waits until `deadline`. `None` is never.
    #[inline]
    pub fn until(timer: T, deadline: impl Into<Deadline<T>>) -> Self {
        let sleep = timer.raw_sleep(deadline.into());
        Self { timer, state: State::Timed { stage: Stage::New, sleep } }
    }

    /// Is due from the start.
    #[inline]
    pub(crate) fn due(timer: T) -> Self {
        Self { timer, state: State::Due { deadline: never::<T>() } }
    }

    /// The timer.
    pub fn timer(&self) -> &T {
        &self.timer
    }

    /// The deadline. `None` if it is never, or not known yet because it counts from the first poll.
    pub fn deadline(&self) -> Option<T::Instant> {
        match &self.state {
            State::Timed { stage: Stage::Fresh, .. } => None,
            State::Timed { sleep, .. } => sleep.deadline().into(),
            State::Due { deadline } => (*deadline).into(),
            State::After { .. } | State::Closed => None,
        }
    }

    /// Waits for `delay` from now, whether or not it was due. Before the first poll, `delay` counts from that poll.
    ///
    /// It takes effect with the next poll: poll it after the reset, or nothing may wake the task.
    pub fn reset(self: Pin<&mut Self>, delay: impl Span<T::Instant>) {
        self.reset_by(delay.into_delta());
    }

    pub(crate) fn reset_by(self: Pin<&mut Self>, delta: Delta<T>) {
        if self.is_new() {
            self.project().state.set(State::After { stage: Stage::New, delta });
        } else {
            let deadline = self.timer.now().checked_after(delta);
            self.reset_until(deadline);
        }
    }

    /// Waits until `deadline`, whether or not it was due. `None` is never.
    ///
    /// It takes effect with the next poll, as [`reset`](Wait::reset) does.
    pub fn reset_until(self: Pin<&mut Self>, deadline: impl Into<Deadline<T>>) {
        let deadline = deadline.into();
        let this = self.project();
        let mut state = this.state;
        match state.as_mut().project() {
            StatePinned::Timed { stage, sleep } => {
                sleep.reset(deadline);
                if *stage >= Stage::Due {
                    *stage = Stage::Set;
                }
            }
            StatePinned::After { stage, .. } => {
                let stage = if *stage == Stage::New { Stage::New } else { Stage::Set };
                state.set(State::timed(this.timer, stage, deadline));
            }
            StatePinned::Due { .. } => {
                state.set(State::timed(this.timer, Stage::Set, deadline));
            }
            StatePinned::Closed => {}
        }
    }

    /// Gives up the timer's registration and waker, and is pending until it is reset.
    pub fn disarm(self: Pin<&mut Self>) {
        self.reset_until(never::<T>());
    }

    /// Gives up the timer's registration and waker. A timer that is a number has none.
    #[inline]
    pub(crate) fn give_up(self: Pin<&mut Self>) {
        if Self::KEEPS_ITS_TIMER {
            self.disarm();
        }
    }

    /// Is ready once the time is up, but not in the first poll.
    ///
    /// The first poll lets other tasks run, also for a zero span.
    #[inline]
    pub fn poll_delay(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        let mut state = this.state;
        if let Some((stage, sleep)) = state.as_mut().as_timed() {
            if *stage < Stage::Armed {
                *stage = Stage::Armed;
                return arm(this.timer, sleep, cx);
            }
        }
        poll_started(this.timer, state, cx)
    }

    /// As [`poll_delay`](Wait::poll_delay), for an owner that waits once and began with a span.
    #[inline]
    pub(crate) fn poll_once(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        poll_started(this.timer, this.state, cx)
    }

    /// Is ready once the time is up, also in the first poll.
    #[inline]
    pub fn poll_limit(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        let (timer, mut state) = (this.timer, this.state);
        if T::PROMPT && !Self::KEEPS_ITS_TIMER {
            // One look at the clock serves a limit that begins now as well as one that may be over.
            let now = timer.now();
            if let State::After { delta, .. } = &*state {
                let delta = *delta;
                state.set(State::timed(timer, Stage::Armed, now.checked_after(delta)));
            }
            if let Some((stage, sleep)) = state.as_mut().as_timed() {
                *stage = Stage::Armed;
                if !now.has_reached(sleep.deadline()) {
                    sleep.arm(cx);
                    return Poll::Pending;
                }
                state.due();
            }
            return Poll::Ready(());
        }
        if let State::After { delta, .. } = &*state {
            let delta = *delta;
            let deadline = timer.now().checked_after(delta);
            state.set(State::timed(timer, Stage::Armed, deadline));
            if is_zero::<T>(delta) {
                state.due();
                return Poll::Ready(());
            }
            // The clock was read a moment ago, and need not be read again.
            if let Some((_, sleep)) = state.as_timed() {
                sleep.arm(cx);
            }
            return Poll::Pending;
        }
        if let Some((stage @ Stage::New, sleep)) = state.as_mut().as_timed() {
            *stage = Stage::Armed;
            // A runtime with task budgets may put a ready poll off, but a limit does not yield.
            if has_passed(timer, sleep.deadline()) {
                state.due();
                return Poll::Ready(());
            }
        }
        poll_timed(state, cx)
    }

    /// Counts `delta` from the next poll, which has to be one of [`poll_limit_of`](Self::poll_limit_of) or
    /// [`poll_delay_of`](Self::poll_delay_of) with the same `delta`.
    #[inline]
    pub(crate) fn restart(self: Pin<&mut Self>, delta: Delta<T>) {
        let mut state = self.project().state;
        // To make a timer anew costs more than to reset it.
        if Self::KEEPS_ITS_TIMER {
            if let Some((stage, _)) = state.as_mut().as_timed() {
                *stage = Stage::Fresh;
                return;
            }
        }
        state.set(State::After { stage: Stage::Fresh, delta });
    }

    /// As [`poll_limit`](Self::poll_limit), also after a [`restart`](Self::restart).
    #[inline(always)]
    pub(crate) fn poll_limit_of(
        mut self: Pin<&mut Self>,
        delta: Delta<T>,
        cx: &mut Context<'_>,
    ) -> Poll<()> {
        if Self::KEEPS_ITS_TIMER && self.as_mut().start_fresh(delta) {
            let mut state = self.project().state;
            if is_zero::<T>(delta) {
                state.due();
                return Poll::Ready(());
            }
            // The clock was read a moment ago, and need not be read again.
            if let Some((_, sleep)) = state.as_mut().as_timed() {
                sleep.arm(cx);
            }
            return Poll::Pending;
        }
        self.poll_limit(cx)
    }

    /// As [`poll_delay`](Self::poll_delay), also after a [`restart`](Self::restart).
    #[inline]
    pub(crate) fn poll_delay_of(
        mut self: Pin<&mut Self>,
        delta: Delta<T>,
        cx: &mut Context<'_>,
    ) -> Poll<()> {
        if (Self::KEEPS_ITS_TIMER || !T::PROMPT) && self.as_mut().start_fresh(delta) {
            if !T::PROMPT && is_zero::<T>(delta) {
                return yield_now(cx);
            }
            if let Some((_, sleep)) = self.project().state.as_timed() {
                sleep.arm(cx);
            }
            return Poll::Pending;
        }
        self.poll_delay(cx)
    }

    /// As [`poll_limit`](Self::poll_limit), for a wait whose deadline is known and was set in an earlier poll.
    #[inline]
    pub(crate) fn poll_set(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if Self::KEEPS_ITS_TIMER {
            return poll_timed(self.project().state, cx);
        }
        // A number stays ready, and asking it again costs no more than remembering that.
        self.project().state.as_timed().map_or(Poll::Ready(()), |(_, sleep)| sleep.poll(cx))
    }

    /// Whether a clock that reads `now` has reached the deadline, for an owner that has set one. Something that is due stays so.
    #[inline]
    pub(crate) fn has_reached(&self, now: T::Instant) -> bool {
        match &self.state {
            State::Timed { sleep, .. } => now.has_reached(sleep.deadline()),
            _ => true,
        }
    }

    /// `None` where the time is not up, for an owner that sets it anew or [arms](Self::arm) it before it returns pending: then this only looks
    /// at the clock. Otherwise as [`poll_set`](Self::poll_set).
    #[inline]
    pub(crate) fn poll_reached(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Option<Poll<()>> {
        if !self.has_reached(self.timer.now()) {
            return None;
        }
        // A timer that has more to it has to give up its registration.
        Some(if Self::KEEPS_ITS_TIMER { self.poll_set(cx) } else { Poll::Ready(()) })
    }

    /// Registers the waker, after a [`poll_reached`](Self::poll_reached) that gave `None`.
    #[inline]
    pub(crate) fn arm(self: Pin<&mut Self>, cx: &mut Context<'_>) {
        if let Some((_, sleep)) = self.project().state.as_timed() {
            sleep.arm(cx);
        }
    }

    /// As [`reset_until`](Self::reset_until) and a poll, where the deadline lies ahead: it need not be compared with the clock.
    #[inline]
    pub(crate) fn arm_until(mut self: Pin<&mut Self>, deadline: Deadline<T>, cx: &mut Context<'_>) {
        self.as_mut().set_tick(deadline);
        if let Some((stage, sleep)) = self.project().state.as_timed() {
            *stage = Stage::Armed;
            sleep.arm(cx);
        }
    }

    /// Begins a span that counts from this poll, if there is one.
    #[inline(always)]
    fn start_fresh(self: Pin<&mut Self>, delta: Delta<T>) -> bool {
        let this = self.project();
        match this.state.as_timed() {
            Some((stage @ Stage::Fresh, sleep)) => {
                *stage = Stage::Armed;
                sleep.reset(this.timer.now().checked_after(delta));
                true
            }
            _ => false,
        }
    }

    /// The owner is done: gives up the timer for good.
    pub(crate) fn close(self: Pin<&mut Self>) {
        self.project().state.set(State::Closed);
    }

    /// The owner is done, as the time is up: gives up the timer, and keeps the deadline.
    #[inline]
    pub(crate) fn expire(self: Pin<&mut Self>) {
        if Self::KEEPS_ITS_TIMER {
            self.expire_timed();
        }
    }

    #[cold]
    #[inline(never)]
    fn expire_timed(self: Pin<&mut Self>) {
        let mut state = self.project().state;
        if let Some((_, sleep)) = state.as_mut().as_timed() {
            let deadline = sleep.deadline();
            state.set(State::Due { deadline });
        }
    }

    /// Whether it was not polled yet, nor begun anew.
    #[inline]
    pub(crate) fn is_new(&self) -> bool {
        matches!(
            self.state,
            State::After { stage: Stage::New, .. } | State::Timed { stage: Stage::New, .. }
        )
    }

    /// Whether its span counts from the next poll.
    #[inline]
    pub(crate) fn is_unstarted(&self) -> bool {
        match self.state {
            State::After { .. } => true,
            State::Timed { stage, .. } => stage == Stage::Fresh,
            _ => false,
        }
    }

    #[inline]
    pub(crate) fn is_due(&self) -> bool {
        match self.state {
            State::Due { .. } => true,
            State::Timed { stage, .. } => Self::KEEPS_ITS_TIMER && stage == Stage::Due,
            _ => false,
        }
    }

    pub(crate) fn is_closed(&self) -> bool {
        matches!(self.state, State::Closed)
    }

    /// Adds its delay or deadline to the `Debug` of its owner.
    pub(crate) fn fmt_into(&self, debug: &mut fmt::DebugStruct<'_, '_>) {
        match &self.state {
            State::After { delta, .. } => debug.field("delay", &T::Instant::to_duration(*delta)),
            _ => debug.field("deadline", &self.deadline()),
        };
    }
}

impl<T: Timer> fmt::Debug for Wait<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Wait");
        self.fmt_into(&mut debug);
        debug.finish()
    }
}
