use core::cell::{Cell, RefCell};
use core::pin::Pin;
use core::task::{Context, Poll, Waker};

use futures_core::Stream;

/// A source that a case fills by hand. Its items are the numbers from 1 on.
#[derive(Debug, Default)]
pub(super) struct Feed {
    given: Cell<u32>,
    there: Cell<u32>,
    ends: Cell<bool>,
    is_endless: Cell<bool>,
    polls: Cell<usize>,
    waker: RefCell<Option<Waker>>,
}

impl Feed {
    /// Has so many items more, and wakes who waits for them.
    pub(super) fn give(&self, items: u32) {
        self.there.set(self.there.get() + items);
        self.wake();
    }

    /// Ends after the items that are there.
    pub(super) fn end(&self) {
        self.ends.set(true);
        self.wake();
    }

    /// Has an item for each poll from now on.
    pub(super) fn never_runs_dry(&self) {
        self.is_endless.set(true);
        self.wake();
    }

    /// How often it was polled.
    pub(super) fn polls(&self) -> usize {
        self.polls.get()
    }

    /// The item that was given last.
    pub(super) fn last(&self) -> u32 {
        self.given.get()
    }

    /// Lets go of the waker that waits for items.
    pub(super) fn forget(&self) {
        drop(self.waker.take());
    }

    fn wake(&self) {
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }
}

impl Stream for &Feed {
    type Item = u32;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<u32>> {
        self.polls.set(self.polls.get() + 1);
        let there = self.there.get();
        if there > 0 || self.is_endless.get() {
            self.there.set(there.saturating_sub(1));
            self.given.set(self.given.get() + 1);
            return Poll::Ready(Some(self.given.get()));
        }
        if self.ends.get() {
            return Poll::Ready(None);
        }
        *self.waker.borrow_mut() = Some(cx.waker().clone());
        Poll::Pending
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        if self.is_endless.get() {
            return (usize::MAX, None);
        }
        let there = self.there.get() as usize;
        (there, self.ends.get().then_some(there))
    }
}
