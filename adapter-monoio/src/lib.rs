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
use std::sync::OnceLock;

use anytempo::Timer as _;

#[cfg(feature = "spawner")]
pub use spawner::{MonoioSpawner, with_spawner};

/// monoio's clock: a unit struct. Every copy is the same clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct MonoioTimer;

impl anytempo::Timer for MonoioTimer {
    type Instant = Instant;
    type Sleep = Sleep;

    #[inline]
    fn now(&self) -> Instant {
        Instant(std::time::Instant::now())
    }

    #[inline]
    fn raw_sleep(&self, deadline: Option<Instant>) -> Sleep {
        Sleep { deadline, armed: None }
    }
}

/// A point in time on monoio's clock. It converts from and into [`std::time::Instant`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(std::time::Instant);

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
        // The clock does not tell where it starts. Any instant will do for all, such as the first one that is rounded.
        static START: OnceLock<std::time::Instant> = OnceLock::new();
        let start = *START.get_or_init(|| self.0);
        let grid = u64::try_from(span.as_nanos()).unwrap_or(u64::MAX).checked_ilog2();
        let last = grid.map_or(0, |grid| (1_u64 << grid) - 1);
        // One of the two is zero, as the instant is before or after the start. A grid is a power of two, so 64 bits are enough.
        let since = self.0.saturating_duration_since(start).as_nanos() as u64;
        let before = start.saturating_duration_since(self.0).as_nanos() as u64;
        let late = Duration::from_nanos(before.wrapping_sub(since) & last);
        Self(self.0.checked_add(late).unwrap_or(self.0))
    }

    #[inline]
    fn saturating_since(self, earlier: Self) -> Duration {
        self.0.saturating_duration_since(earlier.0)
    }
}

impl From<std::time::Instant> for Instant {
    #[inline]
    fn from(instant: std::time::Instant) -> Self {
        Self(instant)
    }
}

impl From<Instant> for std::time::Instant {
    #[inline]
    fn from(instant: Instant) -> Self {
        instant.0
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
        let piece = deadline.0.saturating_duration_since(now.0).min(LONGEST);
        let until = monoio::time::Instant::from_std(now.0 + piece);
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
