use core::any::Any;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

pin_project! {
    /// The future of a task, and then its output, in one place.
    #[project = Projected]
    pub(crate) enum Work<F: Future> {
        Running { #[pin] future: F },
        Over { output: Option<F::Output> },
    }
}

/// A [`Work`] of any type.
pub(crate) trait Body {
    /// Ready once, when the future is done and dropped.
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()>;

    /// Puts the output into `into`, which is an `&mut Option` of its type.
    fn take_output(self: Pin<&mut Self>, into: &mut dyn Any);
}

impl<F> Body for Work<F>
where
    F: Future,
    F::Output: 'static,
{
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if let Projected::Running { future } = self.as_mut().project() {
            let output = ready!(future.poll(cx));
            // Drops the future.
            self.set(Work::Over { output: Some(output) });
        }
        Poll::Ready(())
    }

    fn take_output(self: Pin<&mut Self>, into: &mut dyn Any) {
        if let (Projected::Over { output }, Some(into)) = (self.project(), into.downcast_mut()) {
            *into = output.take();
        }
    }
}
