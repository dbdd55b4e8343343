#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod spawner;

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;

use pin_project_lite::pin_project;

pub use spawner::TokioSpawner;

/// tokio's clock. It is a unit struct: there is nothing to keep, and every copy is the same clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct TokioTimer;

impl anytempo::Timer for TokioTimer {
    type Instant = Instant;
    type Sleep = Sleep;

    fn now(&self) -> Instant {
        Instant(tokio::time::Instant::now())
    }

    fn raw_sleep(&self, deadline: Option<Instant>) -> Sleep {
        Sleep { state: State::Idle { deadline } }
    }

    fn resolution(&self) -> Duration {
        WHEEL
    }
}

/// The tick of tokio's timer wheel.
const WHEEL: Duration = Duration::from_millis(1);

/// A point in time on tokio's clock: a [`tokio::time::Instant`], into which and from which it converts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(tokio::time::Instant);

impl anytempo::Instant for Instant {
    type Delta = Duration;

    fn delta_ceil(duration: Duration) -> Duration {
        duration
    }

    fn to_duration(delta: Duration) -> Duration {
        delta
    }

    fn checked_add(self, delta: Duration) -> Option<Self> {
        self.0.checked_add(delta).map(Self)
    }

    fn saturating_since(self, earlier: Self) -> Duration {
        self.0.saturating_duration_since(earlier.0)
    }
}

impl From<tokio::time::Instant> for Instant {
    fn from(instant: tokio::time::Instant) -> Self {
        Self(instant)
    }
}

impl From<Instant> for tokio::time::Instant {
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

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut state = self.project().state;
        if let StatePinned::Idle { deadline } = state.as_mut().project() {
            // The wheel rounds a deadline up to its next tick by an addition of its own, which must not overflow.
            let Some(deadline) = deadline.filter(|it| it.0.checked_add(WHEEL).is_some()) else {
                return Poll::Pending;
            };
            state.set(State::Armed { sleep: tokio::time::sleep_until(deadline.0), put_off: false });
        }
        let StatePinned::Armed { mut sleep, put_off } = state.project() else {
            return Poll::Pending;
        };
        // A task that has used up its budget is put off here, so that others have their turn. But not twice: a limit on a
        // future that always uses up the budget would never end.
        let spent = !tokio::task::coop::has_budget_remaining();
        if spent && *put_off {
            *put_off = false;
            return Pin::new(&mut tokio::task::unconstrained(sleep)).poll(cx);
        }
        *put_off = spent;
        sleep.as_mut().poll(cx)
    }
}

impl anytempo::Sleep for Sleep {
    type Instant = Instant;

    fn reset(self: Pin<&mut Self>, deadline: Option<Instant>) {
        let mut state = self.project().state;
        let near = deadline.filter(|it| it.0.checked_add(WHEEL).is_some());
        match (near, state.as_mut().project()) {
            (Some(deadline), StatePinned::Armed { sleep, .. }) => sleep.reset(deadline.0),
            _ => state.set(State::Idle { deadline }),
        }
    }

    fn deadline(&self) -> Option<Instant> {
        match &self.state {
            State::Idle { deadline } => *deadline,
            State::Armed { sleep, .. } => Some(Instant(sleep.deadline())),
        }
    }
}
