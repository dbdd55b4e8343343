//! A body that waits with a resource, and a close that neither fails nor waits.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

use anytempo::{close_on_exit, closing};
use embassy_time::{Duration, Timer};

const DELAY: Duration = Duration::from_millis(10);

/// What the close of a resource adds to it, so that the log tells a close from the output of a body.
const CLOSED: u32 = 100;

// Every form waits with embassy's own timer, so that the forms differ only in the scope.
pub async fn combinator(count: u32, mut sink: impl FnMut(u32)) {
    for round in 0..count {
        let resource = closing(round, |round| sink(round + CLOSED));
        let Ok(item) = close_on_exit(resource, async |round| {
            Timer::after(DELAY).await;
            *round
        })
        .await;
        sink(item);
    }
}

struct Guard<S: FnMut(u32)> {
    round: u32,
    sink: S,
}

impl<S: FnMut(u32)> Drop for Guard<S> {
    fn drop(&mut self) {
        (self.sink)(self.round + CLOSED);
    }
}

pub async fn guard(count: u32, mut sink: impl FnMut(u32)) {
    for round in 0..count {
        let item = {
            let guard = Guard { round, sink: &mut sink };
            Timer::after(DELAY).await;
            guard.round
        };
        sink(item);
    }
}

pub async fn state_machine(count: u32, mut sink: impl FnMut(u32)) {
    for round in 0..count {
        let guard = Guard { round, sink: &mut sink };
        let item = Machine { guard, wait: Timer::after(DELAY) }.await;
        sink(item);
    }
}

struct Machine<S: FnMut(u32)> {
    guard: Guard<S>,
    wait: Timer,
}

// It pins none of its fields.
impl<S: FnMut(u32)> Unpin for Machine<S> {}

impl<S: FnMut(u32)> Future for Machine<S> {
    type Output = u32;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<u32> {
        let this = self.get_mut();
        Pin::new(&mut this.wait).poll(cx).map(|()| this.guard.round)
    }
}
