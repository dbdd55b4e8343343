use core::cell::Cell;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

use anytempo::{Deadline, Timer};
use pin_project_lite::pin_project;

/// A timer that forwards to another, and counts what is asked of it.
#[derive(Debug)]
pub struct Spy<T> {
    timer: T,
    reads: Cell<usize>,
    polls: Cell<usize>,
}

impl<T> Spy<T> {
    /// Spies on `timer`. What is to be watched uses `&spy`.
    pub fn on(timer: T) -> Self {
        Self { timer, reads: Cell::new(0), polls: Cell::new(0) }
    }

    /// How often the clock was read.
    pub fn reads(&self) -> usize {
        self.reads.get()
    }

    /// How often a raw sleep was polled.
    pub fn polls(&self) -> usize {
        self.polls.get()
    }
}

/// A handle to a [`Spy`].
#[derive(Debug)]
pub struct Watched<'a, T>(&'a Spy<T>);

impl<T> Clone for Watched<'_, T> {
    fn clone(&self) -> Self {
        Self(self.0)
    }
}

impl<T> Spy<T> {
    /// The timer that is watched.
    pub fn timer(&self) -> Watched<'_, T> {
        Watched(self)
    }
}

impl<'a, T: Timer> Timer for Watched<'a, T> {
    const PROMPT: bool = T::PROMPT;

    type Instant = T::Instant;
    type Sleep = WatchedSleep<'a, T>;

    fn now(&self) -> Self::Instant {
        self.0.reads.set(self.0.reads.get() + 1);
        self.0.timer.now()
    }

    fn raw_sleep(&self, deadline: Deadline<T>) -> Self::Sleep {
        WatchedSleep { spy: self.0, sleep: self.0.timer.raw_sleep(deadline) }
    }
}

pin_project! {
    /// A sleep of a watched timer.
    #[derive(Debug)]
    pub struct WatchedSleep<'a, T: Timer> {
        spy: &'a Spy<T>,
        #[pin]
        sleep: T::Sleep,
    }
}

impl<T: Timer> Future for WatchedSleep<'_, T> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.spy.polls.set(self.spy.polls.get() + 1);
        self.project().sleep.poll(cx)
    }
}

impl<T: Timer> anytempo::RawSleep for WatchedSleep<'_, T> {
    type Instant = T::Instant;

    fn reset(self: Pin<&mut Self>, deadline: Deadline<T>) {
        self.project().sleep.reset(deadline);
    }

    fn arm(self: Pin<&mut Self>, cx: &mut Context<'_>) {
        self.spy.polls.set(self.spy.polls.get() + 1);
        self.project().sleep.arm(cx);
    }

    fn deadline(&self) -> Deadline<T> {
        self.sleep.deadline()
    }
}
