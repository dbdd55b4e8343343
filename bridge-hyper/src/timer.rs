use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use anytempo::{Deadline, Instant as _, RawSleep, Timer};
use pin_project_lite::pin_project;

/// Any timer as the timer of hyper.
///
/// hyper counts in instants of the standard library. The first use takes one of them, and an instant of the timer, as the
/// same moment. From then on hyper's time is the time of the timer's clock, and clones agree about it.
///
/// - [`new`](HyperTimer::new) reads no clock and needs no runtime. The first use, on a connection, does.
/// - No wait is early. On a clock that counts in ticks it takes up to two ticks more, as a reading may be almost a tick old.
/// - A duration counts from the call, as in hyper-util's timer for tokio. A deadline beyond the clock's range is never reached.
/// - A reset moves the deadline in the box that hyper has. It makes no new one.
/// - A wait is a limit and not a yield: it is ready in its first poll if the deadline is past.
/// - hyper adds to `now()`, and panics where an instant of the standard library cannot hold the sum.
///
/// A sleep belongs to the timer that made it. A reset by another `HyperTimer` of the same type moves it on the clock on
/// which it was made.
///
/// # Panics
///
/// Where the timer does. A wait of tokio's has to be polled inside the runtime.
///
/// # Examples
///
/// ```
/// use anytempo::Timer;
/// use anytempo_hyper::HyperTimer;
/// use core::time::Duration;
/// use hyper::rt::Timer as _;
///
/// anytempo_virtual::run(async |sim| {
///     let timer = HyperTimer::new(sim.clock().clone());
///     let start = timer.now();
///     timer.sleep_until(start + Duration::from_secs(3600)).await;
///     assert_eq!(timer.now() - start, Duration::from_secs(3600));
///     assert_eq!(sim.elapsed(), Duration::from_secs(3600));
/// })
/// .unwrap();
/// ```
#[derive(Clone, Debug, Default)]
#[doc(alias = "hyper::rt::Timer")]
#[doc(alias = "TokioTimer")]
pub struct HyperTimer<T: Timer> {
    timer: T,
    // Clones share it: hyper may ask one of them for the time, and another one to wait.
    base: Arc<OnceLock<Base<T::Instant>>>,
}

/// One moment on both clocks.
#[derive(Debug)]
struct Base<I> {
    hyper: Instant,
    timer: I,
}

impl<T: Timer> HyperTimer<T> {
    /// Hands `timer` to hyper.
    pub fn new(timer: T) -> Self {
        Self { timer, base: Arc::default() }
    }

    /// The timer beneath.
    pub fn get_ref(&self) -> &T {
        &self.timer
    }

    fn base(&self) -> &Base<T::Instant> {
        self.base.get_or_init(|| Base { hyper: Instant::now(), timer: self.timer.now() })
    }

    /// The first instant of the timer at which its clock has certainly passed `deadline`.
    ///
    /// What hyper adds to began up to a tick after the reading. Where a tick is no whole number of nanoseconds, a reading is
    /// rounded down by less than one. Nothing that counts in nanoseconds can see that.
    fn deadline(&self, deadline: Instant) -> Deadline<T> {
        let base = self.base();
        let span = deadline.saturating_duration_since(base.hyper);
        base.timer.checked_after(T::Instant::delta_ceil(span))
    }
}

impl<T> hyper::rt::Timer for HyperTimer<T>
where
    T: Timer<Sleep: Send + Sync + 'static>,
{
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn hyper::rt::Sleep>> {
        Box::pin(Sleep { sleep: self.timer.raw_sleep(self.timer.after(duration)) })
    }

    fn sleep_until(&self, deadline: Instant) -> Pin<Box<dyn hyper::rt::Sleep>> {
        Box::pin(Sleep { sleep: self.timer.raw_sleep(self.deadline(deadline)) })
    }

    fn now(&self) -> Instant {
        let base = self.base();
        let elapsed = self.timer.elapsed(base.timer);
        base.hyper.checked_add(elapsed).unwrap_or_else(|| farthest(base.hyper))
    }

    fn reset(&self, sleep: &mut Pin<Box<dyn hyper::rt::Sleep>>, deadline: Instant) {
        match sleep.as_mut().downcast_mut_pin::<Sleep<T::Sleep>>() {
            Some(own) => own.project().sleep.reset(self.deadline(deadline)),
            None => *sleep = self.sleep_until(deadline),
        }
    }
}

/// An instant so far that the standard library knows hardly one beyond it.
#[cold]
fn farthest(from: Instant) -> Instant {
    let power = (0..64).rev().find_map(|it| from.checked_add(Duration::from_secs(1 << it)));
    power.unwrap_or(from)
}

pin_project! {
    /// A wait as hyper takes it, which adds nothing to the timer's own.
    struct Sleep<S> {
        #[pin]
        sleep: S,
    }
}

impl<S: Future<Output = ()>> Future for Sleep<S> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.project().sleep.poll(cx)
    }
}

impl<S: Future<Output = ()> + Send + Sync> hyper::rt::Sleep for Sleep<S> {}
