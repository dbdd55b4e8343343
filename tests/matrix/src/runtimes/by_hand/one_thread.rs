use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

use anytempo::{Deadline, RawSleep, Timer};
use compio_send_wrapper::SendWrapper;

/// A timer whose waits are bound to their thread, for the benchmark, whose tasks are `Send`. A wait that is polled elsewhere panics.
///
/// The look at the thread is also paid for by what is written by hand.
#[derive(Clone, Debug)]
pub(crate) struct OneThread<T>(pub(super) T);

impl<T: Timer<Sleep: Unpin>> Timer for OneThread<T> {
    type Instant = T::Instant;
    type Sleep = OneThreadSleep<T::Sleep>;
    const PROMPT: bool = T::PROMPT;

    #[inline]
    fn now(&self) -> T::Instant {
        self.0.now()
    }

    #[inline]
    fn raw_sleep(&self, deadline: Deadline<T>) -> Self::Sleep {
        OneThreadSleep(SendWrapper::new(self.0.raw_sleep(deadline)))
    }
}

#[derive(Debug)]
pub(crate) struct OneThreadSleep<S>(SendWrapper<S>);

const ELSEWHERE: &str = "the runtime has one thread";

impl<S: Unpin> OneThreadSleep<S> {
    #[inline]
    fn here(&mut self) -> Pin<&mut S> {
        Pin::new(self.0.get_mut().expect(ELSEWHERE))
    }
}

impl<S: RawSleep + Unpin> Future for OneThreadSleep<S> {
    type Output = ();

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        Pin::new(&mut self.0).poll(cx)
    }
}

impl<S: RawSleep + Unpin> RawSleep for OneThreadSleep<S> {
    type Instant = S::Instant;

    #[inline]
    fn reset(mut self: Pin<&mut Self>, deadline: <S::Instant as anytempo::Instant>::Deadline) {
        self.here().reset(deadline);
    }

    #[inline]
    fn deadline(&self) -> <S::Instant as anytempo::Instant>::Deadline {
        self.0.get().expect(ELSEWHERE).deadline()
    }

    #[inline]
    fn arm(mut self: Pin<&mut Self>, cx: &mut Context<'_>) {
        self.here().arm(cx);
    }
}
