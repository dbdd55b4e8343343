//! A waker that counts, without a heap.
//!
//! A runtime may keep a waker for as long as it likes, so what a waker points to must stay. Counters therefore lie in a
//! pool that is never freed, and a counter is given out again once no waker points to it any more. This is the one module
//! of the suite with `unsafe` in it: the standard library makes wakers without it only on the heap.
#![allow(unsafe_code)]

use core::future::Future;
use core::pin::Pin;
use core::ptr;
use core::task::{Context, Poll, RawWaker, RawWakerVTable, Waker};

use futures_core::Stream;
use portable_atomic::{AtomicUsize, Ordering};

/// A waker that counts its wakes and its clones, to poll by hand with.
#[derive(Debug)]
pub struct Probe {
    counter: &'static Counter,
    waker: Waker,
}

#[derive(Debug)]
struct Counter {
    wakes: AtomicUsize,
    /// The wakers that point here; free if there are none.
    wakers: AtomicUsize,
}

/// On a board one case runs at a time, on a host many.
const COUNTERS: usize = if cfg!(target_os = "none") { 32 } else { 4096 };

static POOL: [Counter; COUNTERS] =
    [const { Counter { wakes: AtomicUsize::new(0), wakers: AtomicUsize::new(0) } }; COUNTERS];

static VTABLE: RawWakerVTable = RawWakerVTable::new(clone, wake, wake_by_ref, forget);

/// # Safety
///
/// `counter` comes from a waker with this table.
unsafe fn counter(counter: *const ()) -> &'static Counter {
    // SAFETY: the pointers of this table are made in `Probe::new`, from a reference into the static pool, and in `clone`,
    // from one another.
    unsafe { &*counter.cast::<Counter>() }
}

unsafe fn clone(data: *const ()) -> RawWaker {
    // SAFETY: the data is that of a waker with this table.
    unsafe { counter(data) }.wakers.fetch_add(1, Ordering::SeqCst);
    RawWaker::new(data, &VTABLE)
}

unsafe fn wake(data: *const ()) {
    // SAFETY: as above; a waker that is woken by value is gone.
    unsafe {
        wake_by_ref(data);
        forget(data);
    }
}

unsafe fn wake_by_ref(data: *const ()) {
    // SAFETY: as above.
    unsafe { counter(data) }.wakes.fetch_add(1, Ordering::SeqCst);
}

unsafe fn forget(data: *const ()) {
    // SAFETY: as above.
    unsafe { counter(data) }.wakers.fetch_sub(1, Ordering::SeqCst);
}

impl Probe {
    /// A waker of its own.
    ///
    /// # Panics
    ///
    /// If all counters are in use, which no case comes near to.
    pub fn new() -> Self {
        let free = |counter: &&Counter| {
            counter.wakers.compare_exchange(0, 1, Ordering::SeqCst, Ordering::SeqCst).is_ok()
        };
        let counter = POOL.iter().find(free).expect("a case lets go of its probes");
        counter.wakes.store(0, Ordering::SeqCst);
        // SAFETY: the table's functions may be called from any thread, as they only count, in atomics that are never freed.
        let waker = unsafe { Waker::new(ptr::from_ref(counter).cast(), &VTABLE) };
        Self { counter, waker }
    }

    /// How often it was woken.
    pub fn wakes(&self) -> usize {
        self.counter.wakes.load(Ordering::SeqCst)
    }

    /// How many clones of the waker are kept somewhere.
    pub fn kept(&self) -> usize {
        self.counter.wakers.load(Ordering::SeqCst) - 1
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
