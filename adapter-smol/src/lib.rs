#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]

#[cfg(feature = "spawner")]
mod spawner;

use core::future::Future;
use core::mem;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use std::time::Instant;

use async_io::Timer;

#[cfg(feature = "spawner")]
pub use spawner::SmolSpawner;

/// smol's clock: a unit struct. Every copy is the same clock, that of [`std::time::Instant`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[doc(alias = "async_io::Timer")]
pub struct SmolTimer;

impl anytempo::Timer for SmolTimer {
    type Instant = Instant;
    type Sleep = Sleep;

    #[inline]
    fn now(&self) -> Instant {
        Instant::now()
    }

    #[inline]
    fn raw_sleep(&self, deadline: Option<Instant>) -> Sleep {
        Sleep { deadline, timer: None }
    }
}

/// A wait on smol's clock.
#[must_use = "futures do nothing unless polled"]
#[derive(Debug)]
pub struct Sleep {
    deadline: Option<Instant>,
    // Made at the first poll, so that a limit that is never armed has none to drop.
    timer: Option<Timer>,
}

impl Future for Sleep {
    type Output = ();

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let Self { deadline: Some(deadline), timer } = &mut *self else { return Poll::Pending };
        let timer = timer.get_or_insert_with(|| Timer::at(*deadline));
        // The reactor's timer forgets its deadline when it is ready, and is pending forever after.
        while timer.will_fire() {
            let reached = ready!(Pin::new(&mut *timer).poll(cx));
            if reached < *deadline {
                // The deadline was moved meanwhile: see `reset`.
                timer.set_at(*deadline);
            }
        }
        Poll::Ready(())
    }
}

impl anytempo::RawSleep for Sleep {
    type Instant = Instant;

    #[inline]
    fn reset(mut self: Pin<&mut Self>, deadline: Option<Instant>) {
        let before = mem::replace(&mut self.deadline, deadline);
        match (deadline, &mut self.timer) {
            // To set a timer takes a lock and two walks through the reactor's tree. A timer that is set for an earlier time is kept
            // instead, and `poll` sets it again when it fires. Most limits are moved often and never reached.
            (Some(_), Some(timer)) if before <= deadline && timer.will_fire() => {}
            (Some(deadline), Some(timer)) => timer.set_at(deadline),
            // A timer that is cleared keeps its waker; one that is dropped does not.
            (None, timer) => *timer = None,
            (Some(_), None) => {}
        }
    }

    #[inline]
    fn deadline(&self) -> Option<Instant> {
        self.deadline
    }
}
