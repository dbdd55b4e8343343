#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;

use pin_project_lite::pin_project;

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
        Sleep { deadline, inner: None }
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
        // The wheel rounds a deadline up to its next tick by an addition of its own, which must not overflow either.
        let end = self.0.checked_add(delta)?;
        end.checked_add(WHEEL).map(|_| Self(end))
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
        deadline: Option<Instant>,
        // Made at the first poll, because tokio wants to be inside its runtime when one is made.
        #[pin]
        inner: Option<tokio::time::Sleep>,
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut this = self.project();
        let Some(deadline) = *this.deadline else { return Poll::Pending };
        if this.inner.is_none() {
            this.inner.set(Some(tokio::time::sleep_until(deadline.0)));
        }
        let Some(inner) = this.inner.as_mut().as_pin_mut() else { return Poll::Pending };
        // A task that has used up its budget would be put off here, again and again if its own future always uses it up,
        // and a time limit on such a future would never end.
        if tokio::task::coop::has_budget_remaining() {
            inner.poll(cx)
        } else {
            let mut inner = tokio::task::unconstrained(inner);
            Pin::new(&mut inner).poll(cx)
        }
    }
}

impl anytempo::Sleep for Sleep {
    type Instant = Instant;

    fn reset(self: Pin<&mut Self>, deadline: Option<Instant>) {
        let mut this = self.project();
        *this.deadline = deadline;
        match (deadline, this.inner.as_mut().as_pin_mut()) {
            (Some(deadline), Some(inner)) => inner.reset(deadline.0),
            (Some(_), None) => {}
            (None, _) => this.inner.set(None),
        }
    }

    fn deadline(&self) -> Option<Instant> {
        self.deadline
    }
}
