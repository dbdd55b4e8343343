//! How far a [`Wait`](super::Wait) is.

use core::mem::needs_drop;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use crate::instant::Instant;
use crate::raw_sleep::RawSleep;
use crate::timer::{Deadline, Timer};
use crate::wait::{Delta, is_zero, yield_now};

pin_project! {
    // A span lies where the timer will be, so a `Wait` is little more than its timer.
    #[project = StatePinned]
    pub(super) enum State<T: Timer> {
        /// Not polled yet, or begun anew: the deadline will be this far from the next poll.
        After { stage: Stage, delta: Delta<T> },
        /// The deadline is known.
        Timed { stage: Stage, #[pin] sleep: T::Sleep },
        /// The deadline was reached, and a poll has returned that.
        Due { deadline: Deadline<T> },
        /// The owner is done. The timer is dropped.
        Closed,
    }
}

// A word, as is the discriminant of the state then. Otherwise that would take the room of a deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd)]
#[repr(u32)]
pub(super) enum Stage {
    /// Not polled yet.
    New,
    /// The deadline was set when it was due, and no poll has yielded since.
    Set,
    /// A poll has yielded.
    Armed,
    /// As [`State::Due`], with a timer that is worth keeping.
    Due,
    /// As [`State::After`], with a timer that is worth keeping. The owner has the span.
    Fresh,
}

impl<T: Timer> State<T> {
    /// Whether a timer has more to it than its deadline, so that it is reset and not made again.
    pub(super) const KEEPS_ITS_TIMER: bool = needs_drop::<T::Sleep>();

    #[inline]
    pub(super) fn timed(timer: &T, stage: Stage, deadline: Deadline<T>) -> Self {
        Self::Timed { stage, sleep: timer.raw_sleep(deadline) }
    }

    /// The timer, if there is one.
    ///
    /// It is asked for first: a projection of all that the state may be would leave 12 to 24 bytes in firmware, for each look at it.
    #[inline(always)]
    pub(super) fn as_timed(self: Pin<&mut Self>) -> Option<(&mut Stage, Pin<&mut T::Sleep>)> {
        if !matches!(*self, Self::Timed { .. }) {
            return None;
        }
        match self.project() {
            StatePinned::Timed { stage, sleep } => Some((stage, sleep)),
            _ => None,
        }
    }

    #[inline]
    pub(super) fn due(mut self: Pin<&mut Self>) {
        if let Some((stage, sleep)) = self.as_mut().as_timed() {
            if Self::KEEPS_ITS_TIMER {
                *stage = Stage::Due;
            } else {
                let deadline = sleep.deadline();
                self.set(Self::Due { deadline });
            }
        }
    }
}

/// The poll of a delay that counts from this poll, or has yielded before.
#[inline]
pub(super) fn poll_started<T: Timer>(
    timer: &T,
    mut state: Pin<&mut State<T>>,
    cx: &mut Context<'_>,
) -> Poll<()> {
    if let State::After { delta, .. } = &*state {
        let delta = *delta;
        let deadline = timer.now().checked_after(delta);
        state.set(State::timed(timer, Stage::Armed, deadline));
        if !T::PROMPT && is_zero::<T>(delta) {
            // A runtime that rounds up to its next tick would make a wait of it.
            return yield_now(cx);
        }
        if let Some((_, sleep)) = state.as_timed() {
            sleep.arm(cx);
        }
        return Poll::Pending;
    }
    poll_timed(state, cx)
}

/// The poll of one whose deadline is known.
#[inline]
pub(super) fn poll_timed<T: Timer>(
    mut state: Pin<&mut State<T>>,
    cx: &mut Context<'_>,
) -> Poll<()> {
    if let Some((stage, sleep)) = state.as_mut().as_timed() {
        if !State::<T>::KEEPS_ITS_TIMER || *stage != Stage::Due {
            ready!(sleep.poll(cx));
            state.due();
        }
    }
    Poll::Ready(())
}

/// The first poll of a delay whose deadline is known.
pub(super) fn arm<T: Timer>(
    timer: &T,
    sleep: Pin<&mut T::Sleep>,
    cx: &mut Context<'_>,
) -> Poll<()> {
    if !T::PROMPT && has_passed(timer, sleep.deadline()) {
        return yield_now(cx);
    }
    sleep.arm(cx);
    Poll::Pending
}

pub(super) fn has_passed<T: Timer>(timer: &T, deadline: Deadline<T>) -> bool {
    let deadline: Option<T::Instant> = deadline.into();
    deadline.is_some_and(|it| it <= timer.now())
}
