use core::future::Future;
use core::hint::black_box;
use core::pin::Pin;
use core::task::{Context, Poll};

use anytempo::generate::Yielder;
use anytempo::{generate, try_generate};

use crate::hidden::{poll_stream, poll_within};

pub(crate) fn use_generate() {
    poll_stream(generate(body));
    poll_stream(try_generate(body_that_fails));
}

fn body(yielder: Yielder<'_, u32>) -> Body<'_, ()> {
    Body { yielder, end: || () }
}

fn body_that_fails(yielder: Yielder<'_, u32>) -> Body<'_, Result<(), u8>> {
    Body { yielder, end: || black_box(Err(1)) }
}

/// A body written by hand.
///
/// Of an `async` one the compiler makes a state machine with a check of its own, against being resumed after its end. It cannot
/// see that the generator never does that, and the panic would stay: in the user's code, not in the core's.
struct Body<'a, O> {
    yielder: Yielder<'a, u32>,
    end: fn() -> O,
}

impl<O> Future for Body<'_, O> {
    type Output = O;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<O> {
        // An item may be left in the slot by a body that ends, too.
        poll_within(self.yielder.emit(black_box(1)), cx);
        if black_box(false) { Poll::Ready((self.end)()) } else { Poll::Pending }
    }
}
