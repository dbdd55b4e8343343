//! Work that takes longer each time, with a limit.

use core::future::Future;
use core::pin::{Pin, pin};
use core::task::{Context, Poll};
use core::time::Duration;

use anytempo::Timer as _;
use anytempo_embassy::EmbassyTimer;
use embassy_time::{Timer, with_timeout};

const LIMIT: Duration = Duration::from_millis(10);
const EMBASSY_LIMIT: embassy_time::Duration = embassy_time::Duration::from_millis(10);

/// Takes 4 ms for each round there was.
pub(super) async fn work(round: u32) -> u32 {
    Timer::after_ticks(u64::from(round) * 4000).await;
    round
}

pub async fn combinator(count: u32, mut sink: impl FnMut(u32)) {
    for round in 0..count {
        sink(EmbassyTimer.timeout(LIMIT, work(round)).await.unwrap_or(u32::MAX));
    }
}

pub async fn timer_loop(count: u32, mut sink: impl FnMut(u32)) {
    for round in 0..count {
        sink(with_timeout(EMBASSY_LIMIT, work(round)).await.unwrap_or(u32::MAX));
    }
}

pub async fn state_machine(count: u32, mut sink: impl FnMut(u32)) {
    for round in 0..count {
        let work = pin!(work(round));
        sink(Machine { work, limit: Timer::after(EMBASSY_LIMIT) }.await.unwrap_or(u32::MAX));
    }
}

pub(super) struct Machine<'a, F> {
    pub(super) work: Pin<&'a mut F>,
    pub(super) limit: Timer,
}

impl<F: Future> Future for Machine<'_, F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if let Poll::Ready(output) = self.work.as_mut().poll(cx) {
            return Poll::Ready(Some(output));
        }
        Pin::new(&mut self.limit).poll(cx).map(|()| None)
    }
}
