//! From 0 to before the count, with a delay between items.

use core::future::Future;
use core::pin::{Pin, pin};
use core::task::{Context, Poll, ready};
use core::time::Duration;

use anytempo::stream::FixedRate;
use anytempo::{StreamTimeExt, next};
use anytempo_embassy::EmbassyTimer;
use embassy_time::{Ticker, Timer};

const DELAY: Duration = Duration::from_millis(10);
const EMBASSY_DELAY: embassy_time::Duration = embassy_time::Duration::from_millis(10);

pub async fn combinator(count: u32, mut sink: impl FnMut(u32)) {
    let mut numbers = pin!(anytempo::range(0..count).pace(EmbassyTimer, DELAY));
    while let Some(number) = next(&mut numbers).await {
        sink(number);
    }
}

pub async fn combinator_fixed_rate(count: u32, mut sink: impl FnMut(u32)) {
    let mut numbers = pin!(anytempo::range(0..count).pace(EmbassyTimer, DELAY).rate(FixedRate));
    while let Some(number) = next(&mut numbers).await {
        sink(number);
    }
}

pub async fn timer_loop(count: u32, mut sink: impl FnMut(u32)) {
    for number in 0..count {
        if number > 0 {
            Timer::after(EMBASSY_DELAY).await;
        }
        sink(number);
    }
}

pub async fn ticker(count: u32, mut sink: impl FnMut(u32)) {
    let mut ticker = Ticker::every(EMBASSY_DELAY);
    for number in 0..count {
        if number > 0 {
            ticker.next().await;
        }
        sink(number);
    }
}

pub async fn state_machine(count: u32, mut sink: impl FnMut(u32)) {
    if count > 0 {
        sink(0);
        Machine { next: 1, end: count, wait: Timer::after(EMBASSY_DELAY), sink }.await;
    }
}

struct Machine<S> {
    next: u32,
    end: u32,
    wait: Timer,
    sink: S,
}

// Nothing in it is pinned.
impl<S> Unpin for Machine<S> {}

impl<S: FnMut(u32)> Future for Machine<S> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.get_mut();
        while this.next < this.end {
            ready!(Pin::new(&mut this.wait).poll(cx));
            this.wait = Timer::after(EMBASSY_DELAY);
            (this.sink)(this.next);
            this.next += 1;
        }
        Poll::Ready(())
    }
}
