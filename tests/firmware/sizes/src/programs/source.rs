//! What the operators read: numbers, of which three come soon after one another, and then a gap.

use core::future::poll_fn;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use embassy_time::{Duration, Timer};
use futures_core::Stream;

pub(super) struct Source {
    next: u32,
    end: u32,
    wait: Timer,
}

const SOON: Duration = Duration::from_millis(3);
const GAP: Duration = Duration::from_millis(27);

impl Source {
    pub(super) fn new(count: u32) -> Self {
        Self { next: 0, end: count, wait: Timer::after(SOON) }
    }

    /// The next number, for the forms by hand.
    pub(super) async fn next(&mut self) -> Option<u32> {
        poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }
}

impl Stream for Source {
    type Item = u32;

    // A queue of a program is not inlined either.
    #[inline(never)]
    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<u32>> {
        let this = self.get_mut();
        if this.next == this.end {
            return Poll::Ready(None);
        }
        ready!(Future::poll(Pin::new(&mut this.wait), cx));
        let number = this.next;
        this.next += 1;
        this.wait = Timer::after(if this.next & 3 == 3 { GAP } else { SOON });
        Poll::Ready(Some(number))
    }
}
