//! Wakers that tell, and short names, for polling by hand.

// Every test program uses a part of this.
#![allow(dead_code)]

use core::cell::RefCell;
use core::future::{Future, poll_fn};
use core::pin::Pin;
use core::sync::atomic::{AtomicUsize, Ordering};
use core::task::{Context, Poll, Waker};
use core::time::Duration;
use std::sync::{Arc, Mutex};
use std::task::Wake;

use anytempo_virtual::{Executor, Instant, Simulation, VirtualClock};

pub(crate) fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

pub(crate) fn at(millis: u64) -> Instant {
    Instant::at(ms(millis))
}

pub(crate) fn poll<F: Future + Unpin>(future: &mut F, waker: &Waker) -> Poll<F::Output> {
    Pin::new(future).poll(&mut Context::from_waker(waker))
}

/// Counts its wakes.
#[derive(Default)]
pub(crate) struct Count(AtomicUsize);

impl Count {
    pub(crate) fn new() -> (Arc<Count>, Waker) {
        let count = Arc::new(Count::default());
        (Arc::clone(&count), Waker::from(count))
    }

    pub(crate) fn wakes(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// Calls a function when it is woken.
struct Call<F>(F);

impl<F: Fn() + Send + Sync + 'static> Wake for Call<F> {
    fn wake(self: Arc<Self>) {
        (self.0)();
    }
}

pub(crate) fn calls(f: impl Fn() + Send + Sync + 'static) -> Waker {
    Waker::from(Arc::new(Call(f)))
}

/// A list that wakers and tasks write to.
pub(crate) struct Trace<T>(Arc<Mutex<Vec<T>>>);

impl<T> Clone for Trace<T> {
    fn clone(&self) -> Self {
        Trace(Arc::clone(&self.0))
    }
}

impl<T> Trace<T> {
    pub(crate) fn new() -> Trace<T> {
        Trace(Arc::default())
    }

    pub(crate) fn add(&self, entry: T) {
        self.0.lock().unwrap().push(entry);
    }

    pub(crate) fn take(&self) -> Vec<T> {
        core::mem::take(&mut self.0.lock().unwrap())
    }
}

/// An executor, and the clock that it moves.
pub(crate) fn simulation() -> (VirtualClock, Executor) {
    let clock = VirtualClock::new();
    let executor = Executor::new(&clock);
    (clock, executor)
}

/// Waits for a wake, once, after saying to whom it is due.
pub(crate) async fn parked(waker: &RefCell<Option<Waker>>) {
    let mut first = true;
    poll_fn(|cx| {
        *waker.borrow_mut() = Some(cx.waker().clone());
        if core::mem::take(&mut first) { Poll::Pending } else { Poll::Ready(()) }
    })
    .await;
}

/// What a limit on real time says of a body that waits. The first limits may pass before its first poll, on a slow machine.
pub(crate) fn at_real_limit(run: impl Fn(Simulation) -> String) -> String {
    let limits = (0..12).map(|n| Simulation::new().real_time_limit(ms(5 << n)));
    limits.map(run).find(|said| !said.contains(" is ready")).expect("20 s are enough for one poll")
}
