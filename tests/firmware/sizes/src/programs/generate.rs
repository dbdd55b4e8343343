//! A generator of numbers, with a delay before each.

use core::future::{Future, poll_fn};
use core::pin::{Pin, pin};
use core::task::{Context, Poll, ready};

use anytempo::{generate, next};
use embassy_time::{Duration, Timer};

const DELAY: Duration = Duration::from_millis(10);

// Every form waits with embassy's own timer, so that the forms differ only in the generator.
pub async fn combinator(count: u32, mut sink: impl FnMut(u32)) {
    let mut numbers = pin!(generate(async |mut y| {
        for number in 0..count {
            Timer::after(DELAY).await;
            y.emit(number).await;
        }
    }));
    while let Some(number) = next(&mut numbers).await {
        sink(number);
    }
}

pub async fn timer_loop(count: u32, mut sink: impl FnMut(u32)) {
    for number in 0..count {
        Timer::after(DELAY).await;
        sink(number);
    }
}

pub async fn state_machine(count: u32, mut sink: impl FnMut(u32)) {
    let mut numbers = Machine { next: 0, end: count, wait: Timer::after(DELAY) };
    while let Some(number) = poll_fn(|cx| numbers.poll_next(cx)).await {
        sink(number);
    }
}

struct Machine {
    next: u32,
    end: u32,
    wait: Timer,
}

impl Machine {
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<u32>> {
        if self.next >= self.end {
            return Poll::Ready(None);
        }
        ready!(Pin::new(&mut self.wait).poll(cx));
        self.wait = Timer::after(DELAY);
        self.next += 1;
        Poll::Ready(Some(self.next - 1))
    }
}
