//! One sleep after another, each of them new.

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
    for number in 0..count {
        EmbassyTimer.sleep(DELAY).await;
        sink(number);
    }
}

pub async fn timer_loop(count: u32, mut sink: impl FnMut(u32)) {
    for number in 0..count {
        Timer::after(EMBASSY_DELAY).await;
        sink(number);
    }
}

pub async fn state_machine(count: u32, sink: impl FnMut(u32)) {
    Machine { next: 0, end: count, wait: Timer::after(EMBASSY_DELAY), sink }.await;
}

struct Machine<S> {
    next: u32,
    end: u32,
    wait: Timer,
    sink: S,
}

// It pins none of its fields.
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
