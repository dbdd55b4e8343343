//! One tick after another on a [`Wait`]: what `interval` and its kin do in each poll, with no look at the clock that is not needed.

use core::pin::Pin;
use core::task::{Context, Poll};

use crate::instant::Instant;
use crate::raw_sleep::RawSleep;
use crate::timer::{Deadline, Timer};
use crate::wait::state::{Stage, State};
use crate::wait::{Delta, Wait, is_zero, never};

impl<T: Timer> Wait<T> {
    /// The poll of a tick, which gives the deadline that was reached. `None` before the first one, and where there may be nothing
    /// to wait for: then the owner needs [`poll_limit`](Self::poll_limit) or [`poll_delay_of`](Self::poll_delay_of).
    ///
    /// A poll that is ready has to be followed by [`set_tick`](Self::set_tick) or [`restart_tick`](Self::restart_tick). With
    /// `restarts` it is the latter. A tick that is overdue when it is asked for may be late by a tick of the runtime, as in a
    /// [`Pacer`](crate::wait::Pacer).
    // Inlined: a call would add 42 instructions to a tick, on tokio.
    #[inline(always)]
    pub(crate) fn poll_tick(
        self: Pin<&mut Self>,
        period: Delta<T>,
        restarts: bool,
        cx: &mut Context<'_>,
    ) -> Option<Poll<Deadline<T>>> {
        let this = self.project();
        let (stage, mut sleep) = this.state.as_timed()?;
        if *stage == Stage::Armed {
            return Some(sleep.as_mut().poll(cx).map(|()| sleep.deadline()));
        }
        // Without a period there may be nothing to wait for, where a runtime would round up to its next tick.
        if *stage == Stage::New || (!T::PROMPT && is_zero::<T>(period)) {
            return None;
        }
        if restarts && *stage == Stage::Fresh {
            sleep.as_mut().reset(this.timer.now().checked_after(period));
        }
        *stage = Stage::Armed;
        sleep.arm(cx);
        Some(Poll::Pending)
    }

    /// The whole tick where a timer is a number: it is asked for, it is due, and `next` says when the one after is due.
    ///
    /// `next` gets the reading of the clock, the deadline that was reached, and whether that was set in this poll. With `restarts` a
    /// period counts from the next poll instead. One look at the clock serves all of that.
    #[inline(always)]
    pub(crate) fn poll_number(
        self: Pin<&mut Self>,
        period: Delta<T>,
        restarts: bool,
        next: impl FnOnce(T::Instant, Option<T::Instant>, bool) -> Deadline<T>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<T::Instant>> {
        let this = self.project();
        let (timer, mut state) = (this.timer, this.state);
        if !matches!(*state, State::Timed { stage: Stage::Set, .. }) {
            let now = timer.now();
            let mut begins = false;
            if let State::After { delta, .. } = &*state {
                let deadline = now.checked_after(*delta);
                state.set(State::timed(timer, Stage::New, deadline));
                begins = true;
            }
            let Some((stage, mut sleep)) = state.as_mut().as_timed() else {
                return Poll::Pending;
            };
            if restarts && *stage == Stage::Fresh {
                sleep.as_mut().reset(now.checked_after(period));
            } else if now.has_reached(sleep.deadline()) {
                // Not never, as it was reached.
                let due: Option<T::Instant> = sleep.deadline().into();
                if restarts {
                    *stage = Stage::Fresh;
                } else {
                    *stage = Stage::Set;
                    sleep.reset(next(now, due, begins));
                }
                return Poll::Ready(due);
            }
        }
        let Some((stage, sleep)) = state.as_timed() else { return Poll::Pending };
        *stage = Stage::Armed;
        sleep.arm(cx);
        Poll::Pending
    }

    /// Counts a period from the next poll, after a [`poll_tick`](Self::poll_tick) that was ready.
    #[inline]
    pub(crate) fn restart_tick(self: Pin<&mut Self>) {
        let this = self.project();
        let mut state = this.state;
        if Self::KEEPS_ITS_TIMER {
            if let Some((stage, _)) = state.as_mut().as_timed() {
                *stage = Stage::Fresh;
                return;
            }
        }
        state.set(State::timed(this.timer, Stage::Fresh, never::<T>()));
    }

    /// Lets a period that counts from the next poll begin now, for an owner that no longer restarts.
    pub(crate) fn begin_tick(self, period: Delta<T>) -> Self {
        match self.state {
            State::Timed { stage: Stage::Fresh, .. } => {
                let deadline = self.timer.now().checked_after(period);
                let state = State::timed(&self.timer, Stage::Set, deadline);
                Self { state, ..self }
            }
            _ => self,
        }
    }

    /// As [`reset_until`](Self::reset_until), after a poll that was ready.
    #[inline]
    pub(crate) fn set_tick(self: Pin<&mut Self>, deadline: Deadline<T>) {
        let this = self.project();
        let mut state = this.state;
        // Asked first: where a timer is a number, nothing is left of the look at the state.
        if Self::KEEPS_ITS_TIMER {
            if let Some((stage, sleep)) = state.as_mut().as_timed() {
                sleep.reset(deadline);
                *stage = Stage::Set;
                return;
            }
        }
        state.set(State::timed(this.timer, Stage::Set, deadline));
    }
}
