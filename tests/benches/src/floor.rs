//! The floor: an executor and a timer that do as little as can be done, so that what is between them shows.

use core::future::Future;
use core::hint::black_box;
use core::pin::{Pin, pin};
use core::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use core::task::{Context, Poll};
use core::time::Duration;
use std::sync::Arc;
use std::task::{Wake, Waker};

use futures_core::Stream;

/// Polls a future that the compiler cannot see into, as an executor does that keeps tasks of any type.
///
/// The pointer is hidden, and not the future: it stays where it is, and is not copied for the purpose.
pub fn opaque<'f, F: Future + 'f>(
    future: Pin<&'f mut F>,
) -> Pin<&'f mut (dyn Future<Output = F::Output> + 'f)> {
    black_box(future)
}

/// Runs a future to its end. One that is pending must have woken its waker.
pub fn block_on(future: impl Future<Output = ()>) {
    let waker = waker();
    let mut cx = Context::from_waker(&waker);
    let future = pin!(future);
    let mut future = opaque(future);
    while future.as_mut().poll(&mut cx).is_pending() {
        assert!(WOKEN.swap(false, Relaxed), "nobody would poll this future again");
    }
}

/// Takes all items of a stream that the compiler cannot see into. One that is pending must have woken its waker.
pub fn drain(stream: impl Stream<Item = u32>) {
    let waker = waker();
    let mut cx = Context::from_waker(&waker);
    let stream = pin!(stream);
    let stream: Pin<&mut dyn Stream<Item = u32>> = stream;
    let mut stream = black_box(stream);
    loop {
        match stream.as_mut().poll_next(&mut cx) {
            Poll::Ready(Some(item)) => _ = black_box(item),
            Poll::Ready(None) => break,
            Poll::Pending => {
                assert!(WOKEN.swap(false, Relaxed), "nobody would poll this stream again")
            }
        }
    }
}

/// The same where the compiler sees into the stream, and may inline it.
#[inline(always)]
pub fn drain_inlined(stream: impl Stream<Item = u64>) {
    let waker = waker();
    let mut cx = Context::from_waker(&waker);
    let mut stream = pin!(stream);
    loop {
        match stream.as_mut().poll_next(&mut cx) {
            Poll::Ready(Some(item)) => _ = black_box(item),
            Poll::Ready(None) => break,
            Poll::Pending => {
                assert!(WOKEN.swap(false, Relaxed), "nobody would poll this stream again")
            }
        }
    }
}

static WOKEN: AtomicBool = AtomicBool::new(false);

struct SetWoken;

impl Wake for SetWoken {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        WOKEN.store(true, Relaxed);
    }
}

fn waker() -> Waker {
    Waker::from(Arc::new(SetWoken))
}

/// Pending once, having woken, and then ready.
#[derive(Debug, Default)]
pub struct YieldOnce {
    has_yielded: bool,
}

impl Future for YieldOnce {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.has_yielded {
            return Poll::Ready(());
        }
        self.has_yielded = true;
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

/// A timer that is pending once and wakes at once, whatever its deadline.
///
/// A job has one of its own, by number: what the compiler inlines in one must not depend on what another uses too.
#[derive(Clone, Copy, Debug)]
pub struct NoopTimer<const JOB: u8>;

static NOW: AtomicU64 = AtomicU64::new(0);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instant(u64);

#[derive(Debug)]
pub struct Sleep<const JOB: u8> {
    deadline: Option<Instant>,
    is_over: bool,
}

impl<const JOB: u8> anytempo::Timer for NoopTimer<JOB> {
    type Instant = Instant;
    type Sleep = Sleep<JOB>;

    fn now(&self) -> Instant {
        // It never changes, which the compiler must not know.
        Instant(black_box(NOW.load(Relaxed)))
    }

    fn raw_sleep(&self, deadline: Option<Instant>) -> Sleep<JOB> {
        Sleep { deadline, is_over: false }
    }
}

impl anytempo::Instant for Instant {
    type Delta = u64;
    type Deadline = Option<Self>;

    fn delta_ceil(duration: Duration) -> u64 {
        u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
    }

    fn to_duration(delta: u64) -> Duration {
        Duration::from_nanos(delta)
    }

    fn checked_add(self, delta: u64) -> Option<Self> {
        self.0.checked_add(delta).map(Self)
    }

    fn saturating_since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

impl<const JOB: u8> Future for Sleep<JOB> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.is_over {
            return Poll::Ready(());
        }
        if self.deadline.is_some() {
            self.is_over = true;
            cx.waker().wake_by_ref();
        }
        Poll::Pending
    }
}

impl<const JOB: u8> anytempo::RawSleep for Sleep<JOB> {
    type Instant = Instant;

    fn reset(mut self: Pin<&mut Self>, deadline: Option<Instant>) {
        *self = Self { deadline, is_over: false };
    }

    fn deadline(&self) -> Option<Instant> {
        self.deadline
    }
}
