//! Operators that are written by hand on a runtime's own timer, with the same semantics: the least that they can cost.
//!
//! An item moves a deadline that is kept in the stream. The runtime's timer is set again only when it fires too early.

use core::pin::Pin;
use core::task::{Context, Poll};
use std::time::Instant;

use async_io::Timer;
use futures_core::Stream;

use super::FAR;
use super::source::Waiting;

/// The most items that one poll reads.
const MOST: u32 = 32;

/// What `throttle_latest` does.
pub(super) struct Throttle {
    source: Waiting,
    open: Timer,
    held: Option<u32>,
}

impl From<Waiting> for Throttle {
    fn from(source: Waiting) -> Self {
        Self { source, open: Timer::at(Instant::now()), held: None }
    }
}

impl Stream for Throttle {
    type Item = u32;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<u32>> {
        let this = self.get_mut();
        if let Some(end) = newest(&mut this.source, &mut this.held, cx) {
            return end;
        }
        if this.held.is_some() && Pin::new(&mut this.open).poll(cx).is_ready() {
            this.open.set_after(FAR);
            return Poll::Ready(this.held.take());
        }
        Poll::Pending
    }
}

/// What `debounce` does.
pub(super) struct Debounce {
    source: Waiting,
    timer: Timer,
    end: Instant,
    held: Option<u32>,
}

impl From<Waiting> for Debounce {
    fn from(source: Waiting) -> Self {
        let end = Instant::now();
        Self { source, timer: Timer::at(end + FAR), end, held: None }
    }
}

impl Stream for Debounce {
    type Item = u32;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<u32>> {
        let this = self.get_mut();
        let before = this.held;
        if before.is_some() && Instant::now() >= this.end {
            return Poll::Ready(this.held.take());
        }
        if let Some(end) = newest(&mut this.source, &mut this.held, cx) {
            return end;
        }
        if this.held.is_some() {
            if this.held != before {
                this.end = Instant::now() + FAR;
            }
            wait(&mut this.timer, this.end, cx);
        }
        Poll::Pending
    }
}

/// What `timeout_each` does.
pub(super) struct Limit {
    source: Waiting,
    timer: Timer,
    end: Option<Instant>,
}

impl From<Waiting> for Limit {
    fn from(source: Waiting) -> Self {
        Self { source, timer: Timer::after(FAR), end: None }
    }
}

impl Stream for Limit {
    type Item = Option<u32>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Option<u32>>> {
        let this = self.get_mut();
        if let Poll::Ready(item) = Pin::new(&mut this.source).poll_next(cx) {
            this.end = None;
            return Poll::Ready(item.map(Some));
        }
        let end = *this.end.get_or_insert_with(|| Instant::now() + FAR);
        if wait(&mut this.timer, end, cx) { Poll::Ready(Some(None)) } else { Poll::Pending }
    }
}

/// Keeps the newest item that there is. Gives what the poll gives where the source has ended.
#[inline]
fn newest(
    source: &mut Waiting,
    held: &mut Option<u32>,
    cx: &mut Context<'_>,
) -> Option<Poll<Option<u32>>> {
    for _ in 0..MOST {
        match Pin::new(&mut *source).poll_next(cx) {
            Poll::Ready(Some(item)) => *held = Some(item),
            Poll::Ready(None) => return Some(Poll::Ready(held.take())),
            Poll::Pending => return None,
        }
    }
    cx.waker().wake_by_ref();
    None
}

/// Whether the time is up. Otherwise the waker is registered.
#[inline]
fn wait(timer: &mut Timer, end: Instant, cx: &mut Context<'_>) -> bool {
    while let Poll::Ready(reached) = Pin::new(&mut *timer).poll(cx) {
        if reached >= end {
            return true;
        }
        timer.set_at(end);
    }
    false
}
