use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use core::time::Duration;

use futures_core::FusedFuture;
use pin_project_lite::pin_project;

use crate::timer::{Instant, Sleep as _, Timer};
use crate::wait::{Delta, is_zero};

pin_project! {
    /// The future of [`Timer::sleep`] and [`Timer::sleep_until`].
    #[must_use = "futures do nothing unless polled"]
    pub struct Sleep<T: Timer> {
        timer: T,
        #[pin]
        state: State<T>,
    }
}

pin_project! {
    #[project = StatePinned]
    enum State<T: Timer> {
        // A span lives where its timer will be, and not beside it: so a sleep is hardly more than its timer.
        After { delta: Delta<T> },
        Timed { stage: Stage<Delta<T>>, #[pin] sleep: T::Sleep },
    }
}

/// How far a sleep with a timer is.
#[derive(Clone, Copy, Debug)]
enum Stage<D> {
    /// To begin anew, with a deadline this far from the next poll.
    Again { delta: D },
    /// Not polled yet; the deadline is set.
    Until,
    /// The timer runs.
    Armed,
    /// The deadline was there at the first poll, which is pending all the same.
    Yielded,
    /// The deadline was reached, and whoever waits here was told.
    Due,
}

impl<T: Timer> Sleep<T> {
    pub(crate) fn after(timer: T, delay: Duration) -> Self {
        Self { timer, state: State::After { delta: T::Instant::delta_ceil(delay) } }
    }

    pub(crate) fn until(timer: T, deadline: Option<T::Instant>) -> Self {
        let sleep = timer.raw_sleep(deadline);
        Self { timer, state: State::Timed { stage: Stage::Until, sleep } }
    }

    /// Waits for `delay` from the next poll, whether or not the wait before had ended.
    ///
    /// The timer is used again, which costs less than a new sleep. As the sleep may have a new waker by then, it must be
    /// polled again to be woken.
    ///
    /// # Examples
    ///
    /// One sleep as an idle limit, pushed back by each event:
    ///
    /// ```
    /// use anytempo::Timer;
    /// use core::{pin::pin, time::Duration};
    ///
    /// # let clock = anytempo_virtual::VirtualClock::new();
    /// # let executor = anytempo_virtual::Executor::new(&clock);
    /// # executor.block_on(async {
    /// let mut idle = pin!(clock.sleep(Duration::from_secs(10)));
    /// for _ in 0..3 {
    ///     let event = clock.sleep(Duration::from_secs(4));
    ///     assert!(clock.timeout_at(None, event).await.is_ok());
    ///     idle.as_mut().reset(Duration::from_secs(10));
    /// }
    /// idle.await;
    /// assert_eq!(clock.elapsed(), Duration::from_secs(22));
    /// # }).unwrap();
    /// ```
    pub fn reset(self: Pin<&mut Self>, delay: Duration) {
        let delta = T::Instant::delta_ceil(delay);
        let mut state = self.project().state;
        match state.as_mut().project() {
            StatePinned::After { .. } => state.set(State::After { delta }),
            StatePinned::Timed { stage, .. } => *stage = Stage::Again { delta },
        }
    }

    /// Waits until `deadline`, whether or not the wait before had ended. `None` is never.
    ///
    /// Must be polled again to be woken, as after [`reset`](Self::reset).
    pub fn reset_until(self: Pin<&mut Self>, deadline: impl Into<Option<T::Instant>>) {
        let deadline = deadline.into();
        let mut this = self.project();
        match this.state.as_mut().project() {
            StatePinned::After { .. } => {
                let sleep = this.timer.raw_sleep(deadline);
                this.state.set(State::Timed { stage: Stage::Until, sleep });
            }
            StatePinned::Timed { stage, sleep } => {
                sleep.reset(deadline);
                *stage = Stage::Until;
            }
        }
    }
}

impl<T: Timer> Future for Sleep<T> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        let (timer, mut state) = (this.timer, this.state);
        // As in `Wait`: what is there already is decided here, unless raw sleeps are known to do the same.
        let due = match state.as_mut().project() {
            StatePinned::After { delta } => {
                let delta = *delta;
                let due = !T::PROMPT && is_zero::<T>(delta);
                let sleep = if due { timer.raw_sleep(None) } else { timer.raw_sleep_after(delta) };
                state.set(State::Timed { stage: Stage::Until, sleep });
                due
            }
            StatePinned::Timed { stage, sleep } => match *stage {
                Stage::Armed => {
                    ready!(sleep.poll(cx));
                    *stage = Stage::Due;
                    return Poll::Ready(());
                }
                Stage::Yielded | Stage::Due => {
                    *stage = Stage::Due;
                    return Poll::Ready(());
                }
                Stage::Until => !T::PROMPT && sleep.deadline().is_some_and(|it| it <= timer.now()),
                Stage::Again { delta } => {
                    timer.reset_after(sleep, delta);
                    !T::PROMPT && is_zero::<T>(delta)
                }
            },
        };
        if let StatePinned::Timed { stage, sleep } = state.project() {
            *stage = if due { Stage::Yielded } else { Stage::Armed };
            if due { cx.waker().wake_by_ref() } else { sleep.arm(cx) }
        }
        Poll::Pending
    }
}

impl<T: Timer> FusedFuture for Sleep<T> {
    fn is_terminated(&self) -> bool {
        matches!(self.state, State::Timed { stage: Stage::Due, .. })
    }
}

impl<T: Timer> fmt::Debug for Sleep<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Sleep");
        match &self.state {
            State::After { delta } => debug.field("after", delta),
            State::Timed { stage, sleep } => {
                debug.field("stage", stage).field("deadline", &sleep.deadline())
            }
        };
        debug.finish()
    }
}
