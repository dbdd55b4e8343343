//! What the tests put into combinators: a future and a stream that are ready when they are told to be.

use core::cell::Cell;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use std::rc::Rc;

use futures_core::Stream;

use crate::clocks::Clock;
use crate::run::Run;

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

    /// Reads until `take` has enough, as an operator does that may leave items out.
    pub(crate) fn drain(&mut self, mut take: impl FnMut(u32) -> bool) -> Drained {
        for _ in 0..32 {
            match self.poll_next() {
                Poll::Pending => return Drained::Pending,
                Poll::Ready(None) => return Drained::Ended,
                Poll::Ready(Some(item)) => {
                    if !take(item) {
                        return Drained::Enough;
                    }
                }
            }
        }
        Drained::More
    }

    /// The source has more items: one, a few, or more than one poll reads.
    pub(crate) fn more<C: Clock>(&mut self, run: &mut Run<C>, told: &Told) {
        let items = if run.chance(8) { 40 } else { run.rng.u32(1..4) };
        run.op(format!("the source has {items} items more"));
        self.items += items;
        told.0.set(*self);
    }

    /// The source comes to its end.
    pub(crate) fn end<C: Clock>(&mut self, run: &mut Run<C>, told: &Told) {
        run.op("the source comes to its end");
        self.ends = true;
        told.0.set(*self);
    }

    /// What the source says of its size.
    pub(crate) fn size_hint(&self) -> (usize, Option<usize>) {
        (0, None)
    }

    /// A poll of a future, which is ready when the source would be at its end.
    pub(crate) fn poll(&mut self) -> Poll<&'static str> {
        self.polls += 1;
        if self.ends { Poll::Ready("done") } else { Poll::Pending }
    }
}

/// Why an operator stopped reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Drained {
    Pending,
    Ended,
    More,
    Enough,
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
