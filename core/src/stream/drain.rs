//! What the lossy operators have in common: they read what the source has before they give.

use core::ops::ControlFlow;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use futures_core::Stream;

use crate::timer::Timer;
use crate::wait::Wait;

/// The most items that one poll reads. More would keep other tasks from their turn.
const MOST: u32 = 32;

/// Why a poll stopped reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Drained {
    /// The source is pending.
    Pending,
    /// The source has ended.
    Ended,
    /// The source has more than one poll may read.
    More,
    /// The operator did not want more.
    Enough,
}

/// Reads the source until it is pending, has ended, or `take` breaks.
#[inline]
pub(super) fn drain<S: Stream>(
    mut source: Pin<&mut S>,
    cx: &mut Context<'_>,
    mut take: impl FnMut(S::Item) -> ControlFlow<()>,
) -> Drained {
    for _ in 0..MOST {
        match source.as_mut().poll_next(cx) {
            Poll::Ready(Some(item)) => {
                if take(item).is_break() {
                    return Drained::Enough;
                }
            }
            Poll::Ready(None) => return Drained::Ended,
            Poll::Pending => return Drained::Pending,
        }
    }
    Drained::More
}

/// The poll of an operator that passes every item on. It closes the wait at the end.
pub(super) fn pass<S: Stream, T: Timer>(
    source: Pin<&mut S>,
    wait: Pin<&mut Wait<T>>,
    cx: &mut Context<'_>,
) -> Poll<Option<S::Item>> {
    let item = ready!(source.poll_next(cx));
    if item.is_none() {
        wait.close();
    }
    Poll::Ready(item)
}

/// The poll of an operator that has nothing to give: one that did not read all wakes its task.
#[inline]
pub(super) fn nothing<I>(read: Drained, cx: &Context<'_>) -> Poll<Option<I>> {
    if read == Drained::More {
        cx.waker().wake_by_ref();
    }
    Poll::Pending
}

/// The size of what is left where items may be lost: one comes if there is one, and no more than there are.
pub(super) fn lossy_size<S: Stream>(source: &S, holds_one: bool) -> (usize, Option<usize>) {
    let (lower, upper) = source.size_hint();
    let held = usize::from(holds_one);
    (lower.saturating_add(held).min(1), upper.and_then(|it| it.checked_add(held)))
}

/// The methods that lead to the source of an operator.
macro_rules! source {
    ($(#[$lost:meta])*) => {
        /// The source.
        pub fn get_ref(&self) -> &S {
            &self.source
        }

        /// The source, to be changed.
        pub fn get_mut(&mut self) -> &mut S {
            &mut self.source
        }

        /// The source, pinned.
        pub fn get_pin_mut(self: Pin<&mut Self>) -> Pin<&mut S> {
            self.project().source
        }

        /// Gives the source back.
        $(#[$lost])*
        pub fn into_inner(self) -> S {
            self.source
        }
    };
}

pub(super) use source;
