//! What the tests put into combinators: a future and a stream that are ready when they are told to be.

use core::cell::Cell;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use std::rc::Rc;

use futures_core::Stream;

/// How far the work is, and how often it was polled. The test has it, and so has the combinator; the model has a copy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Work {
    pub(crate) polls: u32,
    /// How many items are there to be taken.
    pub(crate) items: u32,
    /// Whether it ends after those.
    pub(crate) ends: bool,
    pub(crate) taken: u32,
}

impl Work {
    /// A poll of a source.
    pub(crate) fn poll_next(&mut self) -> Poll<Option<u32>> {
        self.polls += 1;
        if self.items > 0 {
            self.items -= 1;
            self.taken += 1;
            return Poll::Ready(Some(self.taken));
        }
        if self.ends { Poll::Ready(None) } else { Poll::Pending }
    }

    /// A poll of a future, which is ready when the source would be at its end.
    pub(crate) fn poll(&mut self) -> Poll<&'static str> {
        self.polls += 1;
        if self.ends { Poll::Ready("done") } else { Poll::Pending }
    }
}

/// It never wakes anybody: the test polls when it likes.
#[derive(Clone, Default)]
pub(crate) struct Told(pub(crate) Rc<Cell<Work>>);

impl Told {
    fn with<R>(&self, change: impl FnOnce(&mut Work) -> R) -> R {
        let mut work = self.0.get();
        let result = change(&mut work);
        self.0.set(work);
        result
    }
}

impl Future for Told {
    type Output = &'static str;

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<&'static str> {
        self.with(Work::poll)
    }
}

impl Stream for Told {
    type Item = u32;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<u32>> {
        self.with(Work::poll_next)
    }
}
