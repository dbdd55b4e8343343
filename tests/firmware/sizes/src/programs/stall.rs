//! A delay, and then a body.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use core::time::Duration;

use anytempo::Timer as _;
use anytempo_embassy::EmbassyTimer;
use embassy_time::Timer;

const DELAY: Duration = Duration::from_millis(10);
const EMBASSY_DELAY: embassy_time::Duration = embassy_time::Duration::from_millis(10);

pub async fn combinator(count: u32, mut sink: impl FnMut(u32)) {
    EmbassyTimer.stall(DELAY, async move { sink(count) }).await;
}

pub async fn timer_loop(count: u32, mut sink: impl FnMut(u32)) {
    Timer::after(EMBASSY_DELAY).await;
    sink(count);
}

pub async fn state_machine(count: u32, sink: impl FnMut(u32)) {
    Machine { item: count, wait: Timer::after(EMBASSY_DELAY), sink }.await;
}

struct Machine<S> {
    item: u32,
    wait: Timer,
    sink: S,
}

// Nothing in it is pinned.
impl<S> Unpin for Machine<S> {}

impl<S: FnMut(u32)> Future for Machine<S> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.get_mut();
        ready!(Pin::new(&mut this.wait).poll(cx));
        (this.sink)(this.item);
        Poll::Ready(())
    }
}
