//! What [`FoldWithin`](super::FoldWithin) and `ChunksWithin` have in common.

use core::fmt;
use core::ops::ControlFlow;
use core::pin::Pin;
use core::task::{Context, Poll};

use futures_core::Stream;
use pin_project_lite::pin_project;

use crate::instant::Instant;
use crate::span::Span;
use crate::stream::drain::{Drained, drain, lossy_size, nothing};
use crate::timer::Timer;
use crate::wait::{Delta, Wait, is_zero};

pin_project! {
    /// A source, and the chunk of its items that is not given yet.
    pub(super) struct Chunk<S, T: Timer, V> {
        #[pin]
        pub(super) source: S,
        // Closed once the source has ended.
        #[pin]
        wait: Wait<T>,
        window: Delta<T>,
        held: Option<V>,
    }
}

impl<S, T: Timer, V> Chunk<S, T, V> {
    pub(super) fn new(source: S, timer: T, window: impl Span<T::Instant>) -> Self {
        let window = window.into_delta();
        Self { source, wait: Wait::due(timer), window, held: None }
    }

    pub(super) fn source_pin_mut(self: Pin<&mut Self>) -> Pin<&mut S> {
        self.project().source
    }

    pub(super) fn is_over(&self) -> bool {
        self.wait.is_closed()
    }
}

impl<S: Stream, T: Timer, V> Chunk<S, T, V> {
    /// The poll of the stream. `add` breaks if the chunk has no room for another item.
    #[inline]
    pub(super) fn poll(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        mut add: impl FnMut(&mut Option<V>, S::Item) -> ControlFlow<()>,
    ) -> Poll<Option<V>> {
        let this = self.project();
        let (wait, held) = (this.wait, this.held);
        if wait.is_closed() {
            return Poll::Ready(None);
        }
        let has_begun = held.is_some();
        // The source comes first: an item that is there when the window ends belongs to the chunk.
        let read = drain(this.source, cx, |item| add(held, item));
        if read == Drained::Ended {
            wait.close();
            return Poll::Ready(held.take());
        }
        if read == Drained::Enough {
            if has_begun {
                wait.give_up();
            }
            return Poll::Ready(held.take());
        }
        if has_begun {
            if wait.poll_set(cx).is_ready() {
                return Poll::Ready(held.take());
            }
        } else if held.is_some() {
            if is_zero::<T>(*this.window) {
                return Poll::Ready(held.take());
            }
            let end = wait.timer().now().checked_after(*this.window);
            wait.arm_until(end, cx);
        }
        nothing(read, cx)
    }

    pub(super) fn size_hint(&self) -> (usize, Option<usize>) {
        if self.is_over() { (0, Some(0)) } else { lossy_size(&self.source, self.held.is_some()) }
    }
}

impl<S: fmt::Debug, T: Timer, V: fmt::Debug> Chunk<S, T, V> {
    /// Adds what there is of it to the `Debug` of its owner.
    pub(super) fn fmt_into(&self, debug: &mut fmt::DebugStruct<'_, '_>) {
        debug.field("source", &self.source).field("held", &self.held);
        debug.field("window", &T::Instant::to_duration(self.window));
        self.wait.fmt_into(debug);
    }
}

/// The methods that lead to the source of an operator with a chunk.
macro_rules! source_of_chunk {
    () => {
        /// The source.
        pub fn get_ref(&self) -> &S {
            &self.chunk.source
        }

        /// The source, to be changed.
        pub fn get_mut(&mut self) -> &mut S {
            &mut self.chunk.source
        }

        /// The source, pinned.
        pub fn get_pin_mut(self: Pin<&mut Self>) -> Pin<&mut S> {
            self.project().chunk.source_pin_mut()
        }

        /// Gives the source back. The items of a chunk that is not given yet are lost.
        pub fn into_inner(self) -> S {
            self.chunk.source
        }
    };
}

pub(super) use source_of_chunk;
