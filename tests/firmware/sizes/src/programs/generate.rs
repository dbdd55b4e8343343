//! Counts up to before the count, with a delay between items: a stream that is written as code.

use core::future::Future;
use core::pin::{Pin, pin};
use core::task::{Context, Poll, ready};

use anytempo::{generate, next};
use embassy_time::{Duration, Timer};
use futures_core::Stream;

const DELAY: Duration = Duration::from_millis(10);

pub async fn generator(count: u32, mut sink: impl FnMut(u32)) {
    let mut numbers = pin!(generate(async |mut y| {
        for number in 0..count {
            if number > 0 {
                Timer::after(DELAY).await;
            }
            y.emit(number).await;
        }
    }));
    while let Some(number) = next(&mut numbers).await {
        sink(number);
    }
}

/// What the generator does, without a stream.
pub async fn timer_loop(count: u32, mut sink: impl FnMut(u32)) {
    for number in 0..count {
        if number > 0 {
            Timer::after(DELAY).await;
        }
        sink(number);
    }
}

/// A stream by hand.
pub async fn state_machine(count: u32, mut sink: impl FnMut(u32)) {
    let mut numbers = Machine { next: 0, end: count, wait: None };
    while let Some(number) = next(&mut numbers).await {
        sink(number);
    }
}

struct Machine {
    next: u32,
    end: u32,
    wait: Option<Timer>,
}

impl Stream for Machine {
    type Item = u32;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<u32>> {
        let this = self.get_mut();
        if this.next == this.end {
            return Poll::Ready(None);
        }
        if this.next > 0 {
            let wait = this.wait.get_or_insert_with(|| Timer::after(DELAY));
            ready!(Pin::new(wait).poll(cx));
            this.wait = None;
        }
        this.next += 1;
        Poll::Ready(Some(this.next - 1))
    }
}
