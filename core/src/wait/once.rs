use core::fmt;
use core::mem::needs_drop;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use core::time::Duration;

use pin_project_lite::pin_project;

use crate::timer::{Instant, Sleep, Timer};
use crate::wait::{Delta, is_zero, yield_now};

pin_project! {
    /// One wait, which reads the clock and makes its timer at its first poll.
    pub(crate) struct Wait<T: Timer> {
        timer: T,
        #[pin]
        state: State<T>,
    }
}

pin_project! {
    /// A span lives where its timer will be, and not beside it: so a [`Wait`] is hardly more than its timer.
    #[project = StatePinned]
    enum State<T: Timer> {
        /// Not polled yet; the deadline will be this far from the first poll.
        After { delta: Delta<T> },
        /// The deadline is set.
        Timed { stage: Stage, #[pin] sleep: T::Sleep },
        /// The time is up.
        Due,
        /// Whoever waited here is done, and will not ask again.
        Closed,
    }
}

/// How far a [`Wait`] with a timer is.
// A word, as is the mark of the state then, which otherwise would be as large as a deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
enum Stage {
    /// Not polled yet.
    New,
    /// The timer runs.
    Armed,
    /// As [`State::Closed`].
    Closed,
}

impl<T: Timer> Wait<T> {
    pub(crate) fn after(timer: T, delay: Duration) -> Self {
        Self { timer, state: State::After { delta: T::Instant::delta_ceil(delay) } }
    }

    /// A limit, and no delay: who has a deadline to wait for uses `sleep_until`.
    pub(crate) fn until(timer: T, deadline: Option<T::Instant>) -> Self {
        let sleep = timer.raw_sleep(deadline);
        Self { timer, state: State::Timed { stage: Stage::New, sleep } }
    }

    /// Is ready if the time is up, also in the very first poll: the way of a time limit.
    pub(crate) fn poll_due(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.poll(cx, false)
    }

    /// Is ready if the time is up, but never in the first poll: the way of a delay, which lets others run first.
    pub(crate) fn poll_wait(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.poll(cx, true)
    }

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>, yields: bool) -> Poll<()> {
        let this = self.project();
        let (timer, mut state) = (this.timer, this.state);
        let mut is_first = false;
        // Runtimes do not agree on what a deadline is that is there already: some are ready, some yield, and one that counts
        // in milliseconds waits for the next. So it is decided here, unless raw sleeps are known to do the same.
        if let StatePinned::After { delta } = state.as_mut().project() {
            let delta = *delta;
            if !T::PROMPT && is_zero::<T>(delta) {
                return State::due(state, cx, yields);
            }
            is_first = true;
            state.set(State::Timed { stage: Stage::Armed, sleep: timer.raw_sleep_after(delta) });
        }
        // Not one `match`, which on small processors becomes a table of jumps that takes more room than the rest.
        if let StatePinned::Timed { stage, sleep } = state.as_mut().project() {
            if !T::PROMPT && *stage == Stage::New {
                *stage = Stage::Armed;
                if sleep.deadline().is_some_and(|it| it <= timer.now()) {
                    return State::due(state, cx, yields);
                }
            }
            if is_first && yields {
                sleep.arm(cx);
                return Poll::Pending;
            }
            ready!(sleep.poll(cx));
            state.set(State::Due);
            return Poll::Ready(());
        }
        // It was due before. Nobody asks again of one that is closed.
        Poll::Ready(())
    }

    /// Marks that whoever waited here is done.
    pub(crate) fn close(self: Pin<&mut Self>) {
        let mut state = self.project().state;
        // To drop a timer takes code, which is there already for when the wait is dropped, and soon.
        if needs_drop::<T::Sleep>() {
            if let StatePinned::Timed { stage, .. } = state.as_mut().project() {
                *stage = Stage::Closed;
                return;
            }
        }
        state.set(State::Closed);
    }

    pub(crate) fn is_due(&self) -> bool {
        matches!(self.state, State::Due)
    }

    pub(crate) fn is_closed(&self) -> bool {
        match self.state {
            State::Timed { stage, .. } => needs_drop::<T::Sleep>() && stage == Stage::Closed,
            State::Closed => true,
            _ => false,
        }
    }
}

impl<T: Timer> State<T> {
    fn due(mut self: Pin<&mut Self>, cx: &mut Context<'_>, yields: bool) -> Poll<()> {
        self.set(State::Due);
        if yields { yield_now(cx) } else { Poll::Ready(()) }
    }
}

impl<T: Timer> fmt::Debug for Wait<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Wait");
        match &self.state {
            State::After { delta } => debug.field("after", delta),
            State::Timed { stage, sleep } => {
                debug.field("stage", stage).field("deadline", &sleep.deadline())
            }
            State::Due => debug.field("is_due", &true),
            State::Closed => debug.field("is_closed", &true),
        };
        debug.finish()
    }
}
