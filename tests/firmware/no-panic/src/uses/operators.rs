use core::future::Future;
use core::hint::black_box;
use core::ops::ControlFlow;
use core::pin::{Pin, pin};
use core::task::{Context, Poll};

use anytempo::future::Idle;
use anytempo::stream::{AnyRate, FixedDelay, FixedRate, Rate, Skip, Spaced};
use anytempo::{StreamTimeExt, Timer};

use crate::hidden::{HiddenStream, hidden_duration, poll_future, poll_stream};

pub(crate) fn use_operators<T: Timer>(timer: &T) {
    use_interval(timer, FixedDelay);
    use_interval(timer, Spaced);
    use_interval(timer, FixedRate);
    use_interval(timer, Skip);
    for rate in [AnyRate::FixedDelay, AnyRate::Spaced, AnyRate::FixedRate, AnyRate::Skip] {
        use_interval(timer, black_box(rate));
    }
    use_lossy(timer);
    use_limits(timer);
    use_chunks_and_clocks(timer);
}

#[inline(never)]
fn use_interval<T: Timer, R: Rate + Copy>(timer: &T, rate: R) {
    poll_stream(timer.interval(hidden_duration()).rate(rate));
    poll_stream(timer.interval_at(timer.after(hidden_duration()), hidden_duration()).rate(rate));
    let ticks = timer.interval_after(hidden_duration(), hidden_duration());
    let mut ticks = pin!(ticks.rate(rate));
    for _ in 0..black_box(3) {
        poll_stream(black_box(ticks.as_mut()));
        black_box(ticks.as_mut()).set_period(hidden_duration());
        black_box(ticks.as_mut()).reset();
        black_box((ticks.deadline(), ticks.period()));
    }
}

/// Polls an operator, and goes from it to its source in each way.
macro_rules! use_operator {
    ($operator:expr) => {
        poll_stream($operator);
        black_box($operator.get_ref());
        black_box($operator.get_mut());
        black_box(pin!($operator).get_pin_mut());
        black_box($operator.into_inner());
    };
}

fn use_lossy<T: Timer>(timer: &T) {
    use_operator!(HiddenStream.throttle_latest(timer.clone(), hidden_duration()));
    use_operator!(HiddenStream.throttle_first(timer.clone(), hidden_duration()));
    use_operator!(HiddenStream.sample(timer.clone(), hidden_duration()));
    let debounce = || HiddenStream.debounce(timer.clone(), hidden_duration());
    use_operator!(debounce());
    use_operator!(debounce().at_most(hidden_duration()));
    let burst = || HiddenStream.pace(timer.clone(), hidden_duration()).burst(black_box(3));
    use_operator!(burst());
    black_box(burst().deadline());
}

fn use_limits<T: Timer>(timer: &T) {
    let each = || HiddenStream.timeout_each(timer.clone(), hidden_duration());
    use_operator!(each());
    use_operator!(each().first(hidden_duration()));
    use_operator!(each().repeating());
    use_operator!(each().repeating().first(hidden_duration()));
    use_operator!(HiddenStream.keep_alive(timer.clone(), hidden_duration(), || black_box(1)));
    use_operator!(HiddenStream.take_before(timer.clone(), timer.after(hidden_duration())));
    use_operator!(HiddenStream.take_for(timer.clone(), hidden_duration()));
    let mut taken = pin!(HiddenStream.take_for(timer.clone(), hidden_duration()));
    for _ in 0..black_box(3) {
        poll_stream(black_box(taken.as_mut()));
        black_box(taken.as_mut()).reset(hidden_duration());
        black_box(taken.as_mut()).reset_at(timer.after(hidden_duration()));
        black_box(taken.deadline());
    }

    poll_future(timer.idle_timeout(hidden_duration(), body));
    black_box(timer.idle_timeout(hidden_duration(), body).deadline());
}

fn use_chunks_and_clocks<T: Timer>(timer: &T) {
    use_operator!(HiddenStream.fold_within(timer.clone(), hidden_duration(), || 0_u32, add));
    use_operator!(HiddenStream.timestamped(timer.clone()));
    use_operator!(HiddenStream.time_between(timer.clone()));
}

fn add(sum: &mut u32, item: u32) -> ControlFlow<()> {
    *sum = sum.wrapping_add(item);
    if black_box(false) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
}

fn body(idle: Idle<'_>) -> Body<'_> {
    Body { idle }
}

/// A hand-written body, for the reason that `generate.rs` gives.
struct Body<'a> {
    idle: Idle<'a>,
}

impl Future for Body<'_> {
    type Output = u32;

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<u32> {
        if black_box(false) {
            self.idle.reset();
        }
        if black_box(false) { Poll::Ready(black_box(1)) } else { Poll::Pending }
    }
}
