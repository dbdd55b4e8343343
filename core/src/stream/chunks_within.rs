use alloc::vec::Vec;
use core::fmt;
use core::ops::ControlFlow;
use core::pin::Pin;
use core::task::{Context, Poll};

use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

use crate::span::Span;
use crate::stream::chunk::{Chunk, source_of_chunk};
use crate::timer::Timer;

pin_project! {
    /// The stream of [`chunks_within`](crate::StreamTimeExt::chunks_within).
    #[must_use = "streams do nothing unless polled"]
    pub struct ChunksWithin<S: Stream, T: Timer> {
        #[pin]
        chunk: Chunk<S, T, Vec<S::Item>>,
        most: usize,
    }
}

impl<S: Stream, T: Timer> ChunksWithin<S, T> {
    pub(super) fn new(source: S, timer: T, most: usize, window: impl Span<T::Instant>) -> Self {
        Self { chunk: Chunk::new(source, timer, window), most }
    }

    source_of_chunk!();
}

impl<S: Stream, T: Timer> Stream for ChunksWithin<S, T> {
    type Item = Vec<S::Item>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Vec<S::Item>>> {
        let this = self.project();
        let most = *this.most;
        this.chunk.poll(cx, |held, item| {
            // It grows with its items: `most` may be more than ever come, or than there is memory for.
            let items = held.get_or_insert_with(Vec::new);
            items.push(item);
            if items.len() < most { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.chunk.size_hint()
    }
}

impl<S: Stream, T: Timer> FusedStream for ChunksWithin<S, T> {
    fn is_terminated(&self) -> bool {
        self.chunk.is_over()
    }
}

impl<S: Stream<Item: fmt::Debug> + fmt::Debug, T: Timer> fmt::Debug for ChunksWithin<S, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("ChunksWithin");
        debug.field("most", &self.most);
        self.chunk.fmt_into(&mut debug);
        debug.finish()
    }
}
