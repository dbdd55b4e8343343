use core::hint::{black_box, spin_loop};
use core::pin::pin;

use anytempo::Timer;
use anytempo_embedded_hal::{BlockingDelay, Delay};

use crate::hidden::poll_twice;

/// What a driver is given.
pub(crate) fn use_delay<T: Timer>(timer: &T) {
    wait(&mut Delay::new(timer));
    block(&mut BlockingDelay::new(timer, spin_loop));
    black_box(Delay::new(timer).get_ref());
    black_box(Delay::new(timer).into_inner());
    black_box(BlockingDelay::new(timer, spin_loop).get_ref());
}

#[inline(never)]
fn wait(delay: &mut impl embedded_hal_async::delay::DelayNs) {
    poll_twice(pin!(delay.delay_ns(black_box(1))));
    poll_twice(pin!(delay.delay_us(black_box(1))));
    poll_twice(pin!(delay.delay_ms(black_box(1))));
}

#[inline(never)]
fn block(delay: &mut impl embedded_hal::delay::DelayNs) {
    delay.delay_ns(black_box(1));
    delay.delay_us(black_box(1));
    delay.delay_ms(black_box(1));
}
