use core::future::Future;
use core::hint::black_box;
use core::pin::Pin;
use core::task::{Context, Poll};

use anytempo::generate;
use anytempo::generate::Yielder;

use crate::hidden::{poll_stream, poll_within};

pub(crate) fn use_generate() {
    poll_stream(generate(body));
}

fn body(yielder: Yielder<'_, u32>) -> Body<'_> {
    Body { yielder }
}

/// A body written by hand.
///
/// Of an `async` one the compiler makes a state machine with a check of its own, against being resumed after its end. It cannot
/// see that the generator never does that, and the panic would stay: in the user's code, not in the core's.
struct Body<'a> {
    yielder: Yielder<'a, u32>,
}

impl Future for Body<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if black_box(false) {
            return Poll::Ready(());
        }
        poll_within(self.yielder.emit(black_box(1)), cx);
        Poll::Pending
    }
}
