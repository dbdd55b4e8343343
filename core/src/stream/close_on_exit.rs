use core::fmt;
use core::future::Future;
use core::mem;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

use crate::scope::{Close, Exit, Open};

pin_project! {
    /// The stream of [`StreamTimeExt::close_on_exit`](crate::StreamTimeExt::close_on_exit).
    #[must_use = "streams do nothing unless polled"]
    pub struct CloseOnExit<S, R: Close> {
        #[pin]
        state: State<S, R>,
    }
}

pin_project! {
    #[project = StatePinned]
    enum State<S, R: Close> {
        // In this order the source is dropped before the resource is aborted.
        Source { #[pin] source: S, open: Open<R> },
        Closing { #[pin] closing: R::Closing },
        Over,
    }
}

impl<S: Stream, R: Close> CloseOnExit<S, R> {
    pub(super) fn new(source: S, resource: R) -> Self {
        Self { state: State::Source { source, open: Open::new(resource) } }
    }
}

impl<S: Stream, R: Close> Stream for CloseOnExit<S, R> {
    type Item = Result<S::Item, R::Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        // A source that panics has ended, and the resource is aborted as it unwinds.
        let mut end = EndOnDrop { state: self.project().state };
        let poll = end.state.as_mut().poll_next(cx);
        if !matches!(poll, Poll::Ready(None | Some(Err(_)))) {
            mem::forget(end);
        }
        poll
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match &self.state {
            // There may be one more item, the error of the close.
            State::Source { source, .. } => {
                let (lower, upper) = source.size_hint();
                (lower, upper.and_then(|upper| upper.checked_add(1)))
            }
            State::Closing { .. } => (0, Some(1)),
            State::Over => (0, Some(0)),
        }
    }
}

impl<S: Stream, R: Close> State<S, R> {
    fn poll_next(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<S::Item, R::Error>>> {
        if let StatePinned::Source { source, open } = self.as_mut().project() {
            if let Some(item) = ready!(source.poll_next(cx)) {
                return Poll::Ready(Some(Ok(item)));
            }
            let Some(closing) = open.close(Exit::Completed) else { return Poll::Ready(None) };
            self.set(Self::Closing { closing });
        }
        match self.project() {
            StatePinned::Closing { closing } => {
                Poll::Ready(ready!(closing.poll(cx)).err().map(Err))
            }
            _ => Poll::Ready(None),
        }
    }
}

struct EndOnDrop<'p, S, R: Close> {
    state: Pin<&'p mut State<S, R>>,
}

impl<S, R: Close> Drop for EndOnDrop<'_, S, R> {
    fn drop(&mut self) {
        self.state.set(State::Over);
    }
}

impl<S: Stream, R: Close> FusedStream for CloseOnExit<S, R> {
    fn is_terminated(&self) -> bool {
        matches!(self.state, State::Over)
    }
}

impl<S, R: Close> fmt::Debug for CloseOnExit<S, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CloseOnExit").finish_non_exhaustive()
    }
}
