#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]

#[cfg(feature = "spawner")]
mod spawner;

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use core::time::Duration;
use std::sync::LazyLock;

use anytempo::Timer as _;
use pin_project_lite::pin_project;
use tokio::task::coop::poll_proceed;

#[cfg(feature = "spawner")]
pub use spawner::TokioSpawner;

/// tokio's clock: a unit struct. Every copy is the same clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[doc(alias = "tokio::time")]
pub struct TokioTimer;

impl anytempo::Timer for TokioTimer {
    type Instant = Instant;
    type Sleep = Sleep;

    #[inline]
    fn now(&self) -> Instant {
        Instant(tokio::time::Instant::now())
    }

    #[inline]
    fn raw_sleep(&self, deadline: Option<Instant>) -> Sleep {
        Sleep { state: State::Idle { deadline, put_off: false } }
    }
}

/// A point in time on tokio's clock. It converts from and into [`tokio::time::Instant`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(tokio::time::Instant);

impl Instant {
    /// Whether tokio's wheel can take it. The wheel rounds a deadline up to its next tick with an addition of its own, which
    /// must not overflow. A comparison costs less than to try the addition.
    #[inline]
    fn is_near(&self) -> bool {
        self.0 <= *FAR
    }
}

/// The most seconds from now, as a power of two, that the clock can express: 146 thousand million years on common systems.
static FAR: LazyLock<tokio::time::Instant> = LazyLock::new(|| {
    let now = tokio::time::Instant::now();
    (0..64).rev().find_map(|it| now.checked_add(Duration::from_secs(1 << it))).unwrap_or(now)
});

impl anytempo::Instant for Instant {
    type Delta = Duration;
    type Deadline = Option<Self>;

    #[inline]
    fn delta_ceil(duration: Duration) -> Duration {
        duration
    }

    #[inline]
    fn to_duration(delta: Duration) -> Duration {
        delta
    }

    #[inline]
    fn checked_add(self, delta: Duration) -> Option<Self> {
        self.0.checked_add(delta).map(Self)
    }

    #[inline]
    fn ceil_to(self, span: Duration) -> Self {
        Self(self.0.into_std().ceil_to(span).into())
    }

    #[inline]
    fn saturating_since(self, earlier: Self) -> Duration {
        self.0.saturating_duration_since(earlier.0)
    }
}

impl From<tokio::time::Instant> for Instant {
    #[inline]
    fn from(instant: tokio::time::Instant) -> Self {
        Self(instant)
    }
}

impl From<Instant> for tokio::time::Instant {
    #[inline]
    fn from(instant: Instant) -> Self {
        instant.0
    }
}

pin_project! {
    /// A wait on tokio's clock.
    #[must_use = "futures do nothing unless polled"]
    #[derive(Debug)]
    pub struct Sleep {
        #[pin]
        state: State,
    }
}

pin_project! {
    #[derive(Debug)]
    #[project = StatePinned]
    enum State {
        // Not polled yet, as tokio's own must be made inside the runtime; or never; or over without tokio's timer.
        Idle { deadline: Option<Instant>, put_off: bool },
        Armed { #[pin] sleep: tokio::time::Sleep },
    }
}

impl Future for Sleep {
    type Output = ();

    // What happens in every tick is inlined, and nothing else.
    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let StatePinned::Armed { mut sleep } = self.as_mut().project().state.project() else {
            return self.poll_idle(cx);
        };
        if sleep.as_mut().poll(cx).is_ready() {
            return Poll::Ready(());
        }
        // tokio's timers become ready in a turn of its driver. A task that does not let it have one looks at the clock.
        if tokio::time::Instant::now() < sleep.deadline() {
            return Poll::Pending;
        }
        self.poll_late(cx)
    }
}

impl Sleep {
    #[inline(never)]
    fn poll_idle(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        match self.as_mut().project().state.project() {
            StatePinned::Idle { deadline: Some(deadline), .. } if *deadline <= TokioTimer.now() => {
                self.poll_late(cx)
            }
            StatePinned::Idle { deadline: Some(deadline), .. } if deadline.is_near() => {
                self.arm_new(cx)
            }
            _ => Poll::Pending,
        }
    }

    /// Makes tokio's timer, for a deadline that the clock has not reached.
    fn arm_new(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut state = self.as_mut().project().state;
        if let StatePinned::Idle { deadline: Some(deadline), .. } = state.as_mut().project() {
            let sleep = tokio::time::sleep_until(deadline.0);
            state.set(State::Armed { sleep });
        }
        match state.project() {
            StatePinned::Armed { sleep } => sleep.poll(cx),
            StatePinned::Idle { .. } => Poll::Pending,
        }
    }

    /// The poll of one whose time is up, though tokio does not know yet.
    ///
    /// It uses up the task's budget, as tokio's own does, so that a loop over waits that are over lets others run. Without
    /// budget it puts the task off, but not twice: a limit on a future that always uses up the budget would never end.
    #[cold]
    fn poll_late(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut state = self.as_mut().project().state;
        let (deadline, put_off) = match state.as_mut().project() {
            StatePinned::Idle { deadline, put_off } => (*deadline, *put_off),
            StatePinned::Armed { sleep } => (Some(Instant(sleep.deadline())), false),
        };
        // It is over, or its task was woken: it gives up tokio's timer in both cases.
        state.as_mut().set(State::Idle { deadline, put_off: !put_off });
        if !put_off {
            ready!(poll_proceed(cx)).made_progress();
            state.set(State::Idle { deadline, put_off: false });
        }
        Poll::Ready(())
    }

    #[cold]
    fn disarm(self: Pin<&mut Self>, deadline: Option<Instant>) {
        self.project().state.set(State::Idle { deadline, put_off: false });
    }
}

impl anytempo::RawSleep for Sleep {
    type Instant = Instant;

    #[inline]
    fn reset(mut self: Pin<&mut Self>, new: Option<Instant>) {
        match (new, self.as_mut().project().state.project()) {
            (Some(new), StatePinned::Armed { sleep }) if new.is_near() => sleep.reset(new.0),
            _ => self.disarm(new),
        }
    }

    #[inline]
    fn deadline(&self) -> Option<Instant> {
        match &self.state {
            State::Idle { deadline, .. } => *deadline,
            State::Armed { sleep } => Some(Instant(sleep.deadline())),
        }
    }

    // Without a look at the clock: tokio wakes with its next tick for what is past.
    #[inline]
    fn arm(mut self: Pin<&mut Self>, cx: &mut Context<'_>) {
        let poll = match self.as_mut().project().state.project() {
            StatePinned::Armed { sleep } => sleep.poll(cx),
            StatePinned::Idle { deadline: Some(it), .. } if it.is_near() => self.arm_new(cx),
            StatePinned::Idle { .. } => Poll::Pending,
        };
        if poll.is_ready() {
            cx.waker().wake_by_ref();
        }
    }
}
