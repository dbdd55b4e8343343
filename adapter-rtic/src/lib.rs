#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

#[cfg(feature = "defmt")]
mod format;
mod instant;
mod monotonic;

use core::fmt;
use core::future::Future;
use core::marker::PhantomData;
use core::pin::Pin;
use core::task::{Context, Poll, Waker, ready};

use anytempo::Deadline as DeadlineOf;
use pin_project_lite::pin_project;
use rtic_time::timer_queue::{Delay, TimerQueueBackend as Backend};

pub use instant::{Deadline, Instant, Ticks};
pub use monotonic::{Monotonic64, Rate};

/// The clock of the monotonic `M`: a unit struct. Every copy is the same clock.
pub struct RticTimer<M> {
    // It is `Send` and `Sync`, as it holds no `M`.
    monotonic: PhantomData<fn() -> M>,
}

impl<M> RticTimer<M> {
    /// The timer on this monotonic, also before the monotonic is started.
    #[inline]
    pub const fn new() -> Self
    where
        M: Monotonic64,
    {
        Self { monotonic: PhantomData }
    }
}

impl<M: Monotonic64> Default for RticTimer<M> {
    fn default() -> Self {
        Self::new()
    }
}

impl<M> Clone for RticTimer<M> {
    #[inline]
    fn clone(&self) -> Self {
        *self
    }
}

impl<M> Copy for RticTimer<M> {}

impl<M> fmt::Debug for RticTimer<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RticTimer")
    }
}

impl<M: Monotonic64> anytempo::Timer for RticTimer<M> {
    // A wait for what is past is over at its first poll, and `arm` then wakes.
    const PROMPT: bool = true;

    type Instant = <M::Duration as Rate>::Instant;
    type Sleep = Sleep<M>;

    #[inline]
    fn now(&self) -> Self::Instant {
        M::Duration::instant(M::Backend::now())
    }

    #[inline]
    fn raw_sleep(&self, deadline: DeadlineOf<Self>) -> Sleep<M> {
        Sleep { deadline, armed: None }
    }
}

pin_project! {
    /// A wait in the queue of a monotonic.
    ///
    /// # Panics
    ///
    /// The first poll panics if the monotonic was not started.
    #[must_use = "futures do nothing unless polled"]
    pub struct Sleep<M>
    where
        M: Monotonic64,
    {
        deadline: DeadlineOf<RticTimer<M>>,
        // It is made at the first poll, since RTIC looks for the monotonic when it makes one.
        #[pin]
        armed: Option<Armed<M::Backend>>,
    }
}

pin_project! {
    // RTIC's own wait, and the waker of its first poll, which is the one that it wakes.
    struct Armed<B>
    where
        B: Backend,
    {
        #[pin]
        delay: Delay<'static, B>,
        waker: Waker,
    }
}

impl<B: Backend> Armed<B> {
    #[inline]
    fn new(deadline: B::Ticks, waker: &Waker) -> Self {
        Self { delay: B::timer_queue().delay_until(deadline), waker: waker.clone() }
    }
}

impl<M: Monotonic64> Future for Sleep<M> {
    type Output = ();

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut this = self.project();
        let Some(deadline) = M::Duration::ticks_of(*this.deadline) else { return Poll::Pending };
        // RTIC keeps the first waker that it is given.
        let armed = this.armed.as_ref().as_pin_ref();
        if armed.is_none_or(|it| !it.waker.will_wake(cx.waker())) {
            this.armed.set(Some(Armed::new(deadline, cx.waker())));
        }
        if let Some(armed) = this.armed.as_mut().as_pin_mut() {
            ready!(armed.project().delay.poll(cx));
        }
        this.armed.set(None);
        Poll::Ready(())
    }
}

impl<M: Monotonic64> anytempo::RawSleep for Sleep<M> {
    type Instant = <M::Duration as Rate>::Instant;

    #[inline]
    fn reset(self: Pin<&mut Self>, deadline: DeadlineOf<RticTimer<M>>) {
        let mut this = self.project();
        *this.deadline = deadline;
        this.armed.set(None);
    }

    #[inline]
    fn deadline(&self) -> DeadlineOf<RticTimer<M>> {
        self.deadline
    }
}

impl<M: Monotonic64> fmt::Debug for Sleep<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sleep").field("deadline", &self.deadline).finish_non_exhaustive()
    }
}
