//! From the count down to 0, with a delay between items.

use core::future::Future;
use core::pin::{Pin, pin};
use core::task::{Context, Poll, ready};
use core::time::Duration;

use anytempo::stream::FixedRate;
use anytempo::{Timer as _, next};
use anytempo_embassy::EmbassyTimer;
use embassy_time::{Ticker, Timer};

const DELAY: Duration = Duration::from_millis(10);
const EMBASSY_DELAY: embassy_time::Duration = embassy_time::Duration::from_millis(10);

pub async fn combinator(count: u32, mut sink: impl FnMut(u32)) {
    let mut numbers = pin!(EmbassyTimer.countdown(count, DELAY));
    while let Some(number) = next(&mut numbers).await {
        sink(number);
    }
}

pub async fn combinator_fixed_rate(count: u32, mut sink: impl FnMut(u32)) {
    let mut numbers = pin!(EmbassyTimer.countdown(count, DELAY).rate(FixedRate));
    while let Some(number) = next(&mut numbers).await {
        sink(number);
    }
}

pub async fn timer_loop(count: u32, mut sink: impl FnMut(u32)) {
    sink(count);
    for number in (0..count).rev() {
        Timer::after(EMBASSY_DELAY).await;
        sink(number);
    }
}

pub async fn ticker(count: u32, mut sink: impl FnMut(u32)) {
    let mut ticker = Ticker::every(EMBASSY_DELAY);
    sink(count);
    for number in (0..count).rev() {
        ticker.next().await;
        sink(number);
    }
}

pub async fn state_machine(count: u32, mut sink: impl FnMut(u32)) {
    sink(count);
    Machine { left: count, wait: Timer::after(EMBASSY_DELAY), sink }.await;
}

struct Machine<S> {
    left: u32,
    wait: Timer,
    sink: S,
}

// Nothing in it is pinned.
impl<S> Unpin for Machine<S> {}

impl<S: FnMut(u32)> Future for Machine<S> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.get_mut();
        while let Some(left) = this.left.checked_sub(1) {
            ready!(Pin::new(&mut this.wait).poll(cx));
            this.left = left;
            this.wait = Timer::after(EMBASSY_DELAY);
            (this.sink)(left);
        }
        Poll::Ready(())
    }
}
