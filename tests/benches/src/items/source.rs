use core::hint::black_box;
use core::pin::{Pin, pin};
use core::sync::atomic::{AtomicU32, Ordering::Relaxed};
use core::task::{Context, Poll, Waker};

use futures_core::Stream;

/// How many items a source has given.
static GIVEN: AtomicU32 = AtomicU32::new(0);

fn give() -> Poll<Option<u32>> {
    let number = GIVEN.load(Relaxed);
    GIVEN.store(number + 1, Relaxed);
    Poll::Ready(Some(number))
}

/// Pending before each item, as a channel is to which items come one at a time.
#[derive(Default)]
pub(super) struct Waiting {
    was_pending: bool,
}

impl Stream for Waiting {
    type Item = u32;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<u32>> {
        self.was_pending = !self.was_pending;
        if self.was_pending { Poll::Pending } else { give() }
    }
}

/// Ready at each poll.
#[derive(Default)]
pub(super) struct Ready;

impl Stream for Ready {
    type Item = u32;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<u32>> {
        give()
    }
}

/// Polls an operator that the compiler cannot see into until so many items have gone into it. Nothing is woken: each poll
/// is as if the source had just woken the task.
pub(super) fn take_through<S: Stream>(times: u32, operator: S) {
    let operator = pin!(operator);
    let mut operator: Pin<&mut dyn Stream<Item = S::Item>> = operator;
    let mut cx = Context::from_waker(Waker::noop());
    GIVEN.store(0, Relaxed);
    while GIVEN.load(Relaxed) < times {
        drop(black_box(black_box(operator.as_mut()).poll_next(&mut cx)));
    }
}
