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
    /// The stream of [`fold_within`](crate::StreamTimeExt::fold_within).
    #[must_use = "streams do nothing unless polled"]
    pub struct FoldWithin<S, T: Timer, V, N, A> {
        #[pin]
        chunk: Chunk<S, T, V>,
        new: N,
        add: A,
    }
}

impl<S, T: Timer, V, N, A> FoldWithin<S, T, V, N, A> {
    pub(super) fn new(source: S, timer: T, window: impl Span<T::Instant>, new: N, add: A) -> Self {
        Self { chunk: Chunk::new(source, timer, window), new, add }
    }

    source_of_chunk!();
}

impl<S, T, V, N, A> Stream for FoldWithin<S, T, V, N, A>
where
    S: Stream,
    T: Timer,
    N: FnMut() -> V,
    A: FnMut(&mut V, S::Item) -> ControlFlow<()>,
{
    type Item = V;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<V>> {
        let this = self.project();
        let (new, add) = (this.new, this.add);
        this.chunk.poll(cx, |held, item| add(held.get_or_insert_with(&mut *new), item))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.chunk.size_hint()
    }
}

impl<S, T, V, N, A> FusedStream for FoldWithin<S, T, V, N, A>
where
    S: Stream,
    T: Timer,
    N: FnMut() -> V,
    A: FnMut(&mut V, S::Item) -> ControlFlow<()>,
{
    fn is_terminated(&self) -> bool {
        self.chunk.is_over()
    }
}

impl<S: fmt::Debug, T: Timer, V: fmt::Debug, N, A> fmt::Debug for FoldWithin<S, T, V, N, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("FoldWithin");
        self.chunk.fmt_into(&mut debug);
        debug.finish()
    }
}
