#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod spawner;

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;
use std::sync::LazyLock;

use anytempo::{Instant as _, Sleep as _};
use pin_project_lite::pin_project;
use tokio::task::coop::{has_budget_remaining, unconstrained};

pub use spawner::TokioSpawner;

/// tokio's clock. It is a unit struct: there is nothing to keep, and every copy is the same clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
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
        Sleep { state: State::Idle { deadline } }
    }

    // Called where the runtime is, so tokio's own can be made at once.
    #[inline]
    fn raw_sleep_after(&self, delta: Duration) -> Sleep {
        if !is_usual(delta) {
            return self.raw_sleep(anytempo::Timer::now(self).checked_add(delta));
        }
        let sleep = tokio::time::sleep_until(tokio::time::Instant::now() + delta);
        Sleep { state: State::Armed { sleep, put_off: false } }
    }

    #[inline]
    fn reset_after(&self, mut sleep: Pin<&mut Sleep>, delta: Duration) {
        match sleep.as_mut().project().state.project() {
            StatePinned::Armed { sleep, .. } if is_usual(delta) => {
                sleep.reset(tokio::time::Instant::now() + delta);
            }
            _ => sleep.reset_rarely(Some(anytempo::Timer::now(self)), delta),
        }
    }

    #[inline]
    fn resolution(&self) -> Duration {
        WHEEL
    }
}

/// Whether a span is so short, that is less than 34 thousand years, that no clock comes near its end within one. That costs
/// less to see than that a deadline is near.
#[inline]
fn is_usual(delta: Duration) -> bool {
    delta.as_secs() < 1 << 40
}

/// The tick of tokio's timer wheel.
const WHEEL: Duration = Duration::from_millis(1);

/// A point in time on tokio's clock: a [`tokio::time::Instant`], into which and from which it converts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(tokio::time::Instant);

impl Instant {
    /// Whether the wheel can take it, which rounds a deadline up to its next tick by an addition of its own, and must not
    /// overflow. A comparison costs less than to try the addition.
    #[inline]
    fn is_near(&self) -> bool {
        self.0 <= *FAR
    }
}

/// The most seconds from now, as a power of two, that the clock can tell: 146 thousand million years on all usual ones.
static FAR: LazyLock<tokio::time::Instant> = LazyLock::new(|| {
    let now = tokio::time::Instant::now();
    (0..64).rev().find_map(|it| now.checked_add(Duration::from_secs(1 << it))).unwrap_or(now)
});

impl anytempo::Instant for Instant {
    type Delta = Duration;

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
        // Not polled yet, because tokio wants to be inside its runtime when one of its own is made; or never.
        Idle { deadline: Option<Instant> },
        Armed {
            #[pin]
            sleep: tokio::time::Sleep,
            put_off: bool,
        },
    }
}

impl Future for Sleep {
    type Output = ();

    // What happens in every tick is inlined, and nothing else.
    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        match self.as_mut().project().state.project() {
            StatePinned::Armed { mut sleep, put_off } => {
                if sleep.as_mut().poll(cx).is_ready() {
                    return Poll::Ready(());
                }
                // A wait that is pending has used up nothing, so there is as much left as there was before.
                if !has_budget_remaining() {
                    return poll_exhausted(sleep, put_off, cx);
                }
                *put_off = false;
                Poll::Pending
            }
            StatePinned::Idle { .. } => self.poll_idle(cx),
        }
    }
}

/// A task that has used up its budget is put off, so that others have their turn. But not twice: a limit on a future that always
/// uses up the budget would never end.
#[cold]
fn poll_exhausted(
    sleep: Pin<&mut tokio::time::Sleep>,
    put_off: &mut bool,
    cx: &mut Context<'_>,
) -> Poll<()> {
    *put_off = !*put_off;
    if *put_off { Poll::Pending } else { Pin::new(&mut unconstrained(sleep)).poll(cx) }
}

impl Sleep {
    #[inline(never)]
    fn poll_idle(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut state = self.as_mut().project().state;
        let StatePinned::Idle { deadline } = state.as_mut().project() else {
            return self.poll(cx);
        };
        let Some(deadline) = deadline.filter(|it| it.is_near()) else { return Poll::Pending };
        let sleep = tokio::time::sleep_until(deadline.0);
        state.set(State::Armed { sleep, put_off: false });
        self.poll(cx)
    }

    #[inline(never)]
    fn reset_rarely(self: Pin<&mut Self>, from: Option<Instant>, delta: Duration) {
        self.reset(from.and_then(|it| it.checked_add(delta)));
    }

    #[cold]
    fn disarm(self: Pin<&mut Self>, deadline: Option<Instant>) {
        self.project().state.set(State::Idle { deadline });
    }
}

impl anytempo::Sleep for Sleep {
    type Instant = Instant;

    #[inline]
    fn reset(mut self: Pin<&mut Self>, new: Option<Instant>) {
        match (new, self.as_mut().project().state.project()) {
            (_, StatePinned::Idle { deadline }) => *deadline = new,
            (Some(new), StatePinned::Armed { sleep, .. }) if new.is_near() => sleep.reset(new.0),
            _ => self.disarm(new),
        }
    }

    #[inline]
    fn reset_by(mut self: Pin<&mut Self>, delta: Duration) {
        match self.as_mut().project().state.project() {
            StatePinned::Armed { sleep, .. } if is_usual(delta) => {
                let deadline = sleep.deadline() + delta;
                sleep.reset(deadline);
            }
            _ => {
                let from = self.deadline();
                self.reset_rarely(from, delta);
            }
        }
    }

    // Whether it was put off is left to the next poll to see.
    #[inline]
    fn arm(mut self: Pin<&mut Self>, cx: &mut Context<'_>) {
        let poll = match self.as_mut().project().state.project() {
            StatePinned::Armed { sleep, .. } => sleep.poll(cx),
            StatePinned::Idle { .. } => self.poll_idle(cx),
        };
        if poll.is_ready() {
            cx.waker().wake_by_ref();
        }
    }

    #[inline]
    fn deadline(&self) -> Option<Instant> {
        match &self.state {
            State::Idle { deadline } => *deadline,
            State::Armed { sleep, .. } => Some(Instant(sleep.deadline())),
        }
    }
}
