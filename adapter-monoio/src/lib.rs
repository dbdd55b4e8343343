#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
// monoio does not build elsewhere.
#![cfg(unix)]

#[cfg(feature = "spawner")]
mod spawner;

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, Waker, ready};
use core::time::Duration;
use std::time::Instant;

use anytempo::Timer as _;

#[cfg(feature = "spawner")]
pub use spawner::{MonoioSpawner, with_spawner};

/// monoio's clock: a unit struct. Every copy is the same clock, that of [`std::time::Instant`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct MonoioTimer;

impl anytempo::Timer for MonoioTimer {
    type Instant = Instant;
    type Sleep = Sleep;

    #[inline]
    fn now(&self) -> Instant {
        Instant::now()
    }

    #[inline]
    fn raw_sleep(&self, deadline: Option<Instant>) -> Sleep {
        Sleep { deadline, armed: None }
    }
}

/// The farthest deadline that monoio is given. Its wheel ends after about two years, and panics at instants that the clock cannot
/// express, so what is farther is waited for piece by piece.
const LONGEST: Duration = Duration::from_secs(30 * 24 * 3600);

/// A wait on monoio's clock. It is not `Send`: each thread has a runtime of its own.
#[must_use = "futures do nothing unless polled"]
#[derive(Debug)]
pub struct Sleep {
    deadline: Option<Instant>,
    // Made at the first poll, as it belongs to the runtime of the thread.
    armed: Option<Armed>,
}

/// monoio's own wait, and the waker of its first poll, which is the one that it wakes.
#[derive(Debug)]
struct Armed {
    // It takes 512 bytes, which no future around it should have to. It goes first: monoio drops its waker inside a borrow of its
    // timers, and that must not be the last one of a task with further waits.
    sleep: Pin<Box<monoio::time::Sleep>>,
    waker: Waker,
}

impl Armed {
    fn new(now: Instant, deadline: Instant, waker: &Waker) -> Self {
        let piece = deadline.saturating_duration_since(now).min(LONGEST);
        let until = monoio::time::Instant::from_std(now + piece);
        Self { sleep: Box::pin(monoio::time::sleep_until(until)), waker: waker.clone() }
    }
}

impl Future for Sleep {
    type Output = ();

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let Self { deadline: Some(deadline), armed } = &mut *self else { return Poll::Pending };
        // monoio's timers become ready in a turn of its runtime. A task that does not let it have one looks at the clock.
        loop {
            let now = MonoioTimer.now();
            if *deadline <= now {
                *armed = None;
                return Poll::Ready(());
            }
            // monoio keeps the first waker that it is given.
            if armed.as_ref().is_some_and(|it| !it.waker.will_wake(cx.waker())) {
                *armed = None;
            }
            let wait = armed.get_or_insert_with(|| Armed::new(now, *deadline, cx.waker()));
            ready!(wait.sleep.as_mut().poll(cx));
            // One piece of a far deadline is over.
            *armed = None;
        }
    }
}

impl anytempo::RawSleep for Sleep {
    type Instant = Instant;

    #[inline]
    fn reset(mut self: Pin<&mut Self>, deadline: Option<Instant>) {
        self.deadline = deadline;
        self.armed = None;
    }

    #[inline]
    fn deadline(&self) -> Option<Instant> {
        self.deadline
    }
}
