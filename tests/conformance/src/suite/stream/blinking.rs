use core::pin::Pin;
use core::task::{Context, Poll};

use futures_core::Stream;

/// A source that ends at every second poll, and goes on after that.
pub(super) struct Blinking(pub u32);

impl Stream for Blinking {
    type Item = u32;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<u32>> {
        self.0 += 1;
        Poll::Ready((self.0 % 2 == 0).then_some(1))
    }
}
