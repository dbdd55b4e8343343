//! A body that waits with a resource, and a close that waits too. A cancelled scope aborts the resource.

use core::future::Future;
use core::mem;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use anytempo::{close_on_exit, closing_async};
use embassy_time::{Duration, Timer};

use crate::log;

const DELAY: Duration = Duration::from_millis(10);
const CLOSE: Duration = Duration::from_millis(3);

/// What the close of a resource adds to it, so that the log tells a close from the output of a body.
const CLOSED: u32 = 100;

/// Nothing here is cancelled, so a resource that is aborted changes the log, and the gate fails.
fn abort(round: u32) {
    log::keep(round);
}

// Every form waits with embassy's own timer, so that the forms differ only in the scope.
pub async fn combinator(count: u32, mut sink: impl FnMut(u32)) {
    for round in 0..count {
        let close = async |round: anytempo::scope::Lent<'_, u32>| {
            Timer::after(CLOSE).await;
            sink(*round + CLOSED);
        };
        let resource = closing_async(round, close, abort);
        let Ok(item) = close_on_exit(resource, async |round| {
            Timer::after(DELAY).await;
            *round
        })
        .await;
        sink(item);
    }
}

struct Guard {
    round: u32,
}

impl Drop for Guard {
    fn drop(&mut self) {
        abort(self.round);
    }
}

pub async fn guard(count: u32, mut sink: impl FnMut(u32)) {
    for round in 0..count {
        let guard = Guard { round };
        Timer::after(DELAY).await;
        let item = guard.round;
        Timer::after(CLOSE).await;
        sink(guard.round + CLOSED);
        mem::forget(guard);
        sink(item);
    }
}

pub async fn state_machine(count: u32, mut sink: impl FnMut(u32)) {
    for round in 0..count {
        let wait = Timer::after(DELAY);
        let item = Machine { round, stage: Stage::Body, wait, sink: &mut sink }.await;
        sink(item);
    }
}

struct Machine<S> {
    round: u32,
    stage: Stage,
    wait: Timer,
    sink: S,
}

#[derive(PartialEq)]
enum Stage {
    Body,
    Close,
    Closed,
}

// It pins none of its fields.
impl<S> Unpin for Machine<S> {}

impl<S: FnMut(u32)> Future for Machine<S> {
    type Output = u32;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<u32> {
        let this = self.get_mut();
        loop {
            ready!(Pin::new(&mut this.wait).poll(cx));
            if this.stage == Stage::Body {
                this.stage = Stage::Close;
                this.wait = Timer::after(CLOSE);
            } else {
                this.stage = Stage::Closed;
                (this.sink)(this.round + CLOSED);
                return Poll::Ready(this.round);
            }
        }
    }
}

impl<S> Drop for Machine<S> {
    fn drop(&mut self) {
        if self.stage != Stage::Closed {
            abort(self.round);
        }
    }
}
