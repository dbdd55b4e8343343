use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;

use pin_project_lite::pin_project;

use crate::instant::Instant;
use crate::raw_sleep::RawSleep;
use crate::span::Span;
use crate::timer::{Deadline, Timer};
use crate::wait::{Delta, never};

/// The timer of [`Timer::slack`].
///
/// It is the same clock. Its waits may be late, so that they fall together.
#[derive(Clone, Debug)]
pub struct Slack<T: Timer> {
    timer: T,
    slack: Delta<T>,
}

impl<T: Timer> Slack<T> {
    pub(crate) fn new(timer: T, slack: impl Span<T::Instant>) -> Self {
        Self { timer, slack: slack.into_delta() }
    }

    /// The timer without slack.
    pub fn get_ref(&self) -> &T {
        &self.timer
    }

    /// How late a wait may be.
    pub fn span(&self) -> Duration {
        T::Instant::to_duration(self.slack)
    }
}

/// When to wake for a deadline.
fn late<T: Timer>(deadline: Deadline<T>, slack: Delta<T>) -> Deadline<T> {
    let deadline: Option<T::Instant> = deadline.into();
    deadline.map_or_else(never::<T>, |it| it.ceil_to(slack).into())
}

impl<T: Timer> Timer for Slack<T> {
    const PROMPT: bool = T::PROMPT;

    type Instant = T::Instant;
    type Sleep = SlackSleep<T>;

    #[inline]
    fn now(&self) -> T::Instant {
        self.timer.now()
    }

    #[inline]
    fn raw_sleep(&self, deadline: Deadline<T>) -> SlackSleep<T> {
        let sleep = self.timer.raw_sleep(late::<T>(deadline, self.slack));
        SlackSleep { timer: self.timer.clone(), slack: self.slack, deadline, sleep }
    }
}

pin_project! {
    /// A wait of a timer with [slack](Timer::slack).
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct SlackSleep<T: Timer> {
        timer: T,
        slack: Delta<T>,
        // As it was set. What a rate counts from is this one, so that no grid drifts.
        deadline: Deadline<T>,
        // With the later deadline.
        #[pin]
        sleep: T::Sleep,
    }
}

impl<T: Timer> Future for SlackSleep<T> {
    type Output = ();

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        // This comes first, so that a wait that was woken in time is not set again.
        if self.as_mut().project().sleep.poll(cx).is_ready() {
            return Poll::Ready(());
        }
        if self.as_mut().tighten() { self.project().sleep.poll(cx) } else { Poll::Pending }
    }
}

impl<T: Timer> SlackSleep<T> {
    /// Leaves out the slack once the deadline is reached: it is for wakes alone, and a poll that comes by itself finds the
    /// wait over.
    #[inline]
    fn tighten(self: Pin<&mut Self>) -> bool {
        let this = self.project();
        let is_loose =
            this.sleep.deadline() != *this.deadline && this.timer.now().has_reached(*this.deadline);
        if is_loose {
            this.sleep.reset(*this.deadline);
        }
        is_loose
    }
}

impl<T: Timer> RawSleep for SlackSleep<T> {
    type Instant = T::Instant;

    #[inline]
    fn reset(self: Pin<&mut Self>, deadline: Deadline<T>) {
        let this = self.project();
        *this.deadline = deadline;
        this.sleep.reset(late::<T>(deadline, *this.slack));
    }

    #[inline]
    fn deadline(&self) -> Deadline<T> {
        self.deadline
    }

    #[inline]
    fn arm(mut self: Pin<&mut Self>, cx: &mut Context<'_>) {
        self.as_mut().tighten();
        self.project().sleep.arm(cx);
    }
}
