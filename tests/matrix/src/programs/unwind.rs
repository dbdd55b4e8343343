//! A panic, and whoever catches it. Where nothing can unwind, a panic ends everything, and nobody is left to catch it.

use core::future::{Future, poll_fn};
use core::pin::pin;

#[cfg(not(feature = "program"))]
use aborting as panics;
#[cfg(feature = "program")]
use unwinding as panics;

pub(super) use panics::panic;

/// Runs `future` to its end, which is `None` if it panics.
pub(super) async fn catch<F: Future>(future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    poll_fn(|cx| panics::caught(|| future.as_mut().poll(cx))).await
}

#[cfg(feature = "program")]
mod unwinding {
    use core::panic::AssertUnwindSafe;
    use core::task::Poll;
    use std::panic::{catch_unwind, resume_unwind};

    /// A panic like any other, but for the message that it would print.
    pub(in crate::programs) fn panic() -> ! {
        resume_unwind(Box::new(()))
    }

    pub(super) fn caught<T>(poll: impl FnOnce() -> Poll<T>) -> Poll<Option<T>> {
        // What a panic leaves behind is not looked at: the future is dropped next.
        catch_unwind(AssertUnwindSafe(poll)).map_or(Poll::Ready(None), |poll| poll.map(Some))
    }
}

#[cfg(not(feature = "program"))]
mod aborting {
    use core::task::Poll;

    pub(in crate::programs) fn panic() -> ! {
        panic!("nothing can unwind here")
    }

    pub(super) fn caught<T>(poll: impl FnOnce() -> Poll<T>) -> Poll<Option<T>> {
        poll().map(Some)
    }
}
