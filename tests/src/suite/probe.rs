use core::future::Future;
use core::pin::Pin;
use core::sync::atomic::{AtomicUsize, Ordering};
use core::task::{Context, Poll, Waker};
use std::sync::Arc;
use std::task::Wake;

use futures_core::Stream;

/// A waker that counts its wakes, to poll by hand with.
#[derive(Debug)]
pub struct Probe {
    counter: Arc<Counter>,
    waker: Waker,
}

#[derive(Debug, Default)]
struct Counter(AtomicUsize);

impl Wake for Counter {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

impl Probe {
    /// A waker of its own.
    pub fn new() -> Self {
        let counter = Arc::new(Counter::default());
        Self { waker: Waker::from(counter.clone()), counter }
    }

    /// How often it was woken.
    pub fn wakes(&self) -> usize {
        self.counter.0.load(Ordering::SeqCst)
    }

    /// How many clones of the waker are kept somewhere.
    pub fn kept(&self) -> usize {
        // The probe itself has two: the counter, and the waker to poll with.
        Arc::strong_count(&self.counter) - 2
    }

    /// The context with its waker.
    pub fn context(&self) -> Context<'_> {
        Context::from_waker(&self.waker)
    }

    /// Polls a future once.
    pub fn poll<F: Future>(&self, future: Pin<&mut F>) -> Poll<F::Output> {
        future.poll(&mut self.context())
    }

    /// Polls a stream once.
    pub fn poll_next<S: Stream>(&self, stream: Pin<&mut S>) -> Poll<Option<S::Item>> {
        stream.poll_next(&mut self.context())
    }
}

impl Default for Probe {
    fn default() -> Self {
        Self::new()
    }
}
