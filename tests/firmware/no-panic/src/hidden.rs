//! Inputs, futures and streams of which the compiler knows nothing, so that nothing can be left out as unreachable.

use core::future::Future;
use core::hint::black_box;
use core::pin::{Pin, pin};
use core::task::{Context, Poll, Waker};
use core::time::Duration;

use futures_core::{FusedFuture, FusedStream, Stream};

/// More polls than any use has states.
const POLLS: u32 = 9;

/// Any duration at all, also the longest.
pub fn hidden_duration() -> Duration {
    // The nanoseconds are below a second for whoever looks, as in every duration: a panic in `new` is not the core's.
    Duration::new(black_box(1), black_box(1) % 1_000_000_000)
}

/// A future that ends at a poll nobody knows.
pub(crate) struct HiddenFuture;

impl Future for HiddenFuture {
    type Output = u32;

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<u32> {
        if black_box(false) { Poll::Ready(black_box(1)) } else { Poll::Pending }
    }
}

/// A stream of which nobody knows what comes next.
pub(crate) struct HiddenStream;

impl Stream for HiddenStream {
    type Item = u32;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<u32>> {
        if black_box(false) { Poll::Ready(black_box(Some(1))) } else { Poll::Pending }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        black_box((0, None))
    }
}

impl FusedStream for HiddenStream {
    fn is_terminated(&self) -> bool {
        black_box(false)
    }
}

/// Polls a future that may have come to any of its states, also beyond its end.
#[inline(never)]
pub(crate) fn poll_future<F: FusedFuture>(future: F) {
    let mut future = pin!(future);
    for _ in 0..black_box(POLLS) {
        // Whoever has a pointer may have changed what is there.
        let future = black_box(future.as_mut());
        black_box(future.is_terminated());
        poll_once(future);
    }
}

/// Polls a future once.
pub(crate) fn poll_once<F: Future>(future: Pin<&mut F>) {
    drop(black_box(future.poll(&mut Context::from_waker(Waker::noop()))));
}

/// Polls a future twice, the second time as if anything might have happened to it.
pub(crate) fn poll_twice<F: Future>(mut future: Pin<&mut F>) {
    poll_once(future.as_mut());
    poll_once(black_box(future));
}

/// Polls a future with the context of another, as its parent would.
#[inline(never)]
pub(crate) fn poll_within<F: FusedFuture>(future: F, cx: &mut Context<'_>) {
    let mut future = pin!(future);
    for _ in 0..black_box(POLLS) {
        let future = black_box(future.as_mut());
        black_box(future.is_terminated());
        drop(black_box(future.poll(cx)));
    }
}

/// Polls a stream that may have come to any of its states, also beyond its end.
#[inline(never)]
pub(crate) fn poll_stream<S: FusedStream>(stream: S) {
    let mut stream = pin!(stream);
    for _ in 0..black_box(POLLS) {
        let mut stream = black_box(stream.as_mut());
        black_box(stream.size_hint());
        black_box(stream.is_terminated());
        let mut cx = Context::from_waker(Waker::noop());
        drop(black_box(stream.as_mut().poll_next(&mut cx)));
    }
}
