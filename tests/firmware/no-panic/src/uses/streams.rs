use core::hint::black_box;
use core::pin::pin;

use anytempo::stream::{AnyRate, FixedRate, Skip, Spaced};
use anytempo::{StreamTimeExt, Timer, range};

use crate::hidden::{HiddenStream, hidden_duration, poll_stream};

pub(crate) fn use_streams<T: Timer>(timer: &T) {
    poll_stream(timer.countdown(black_box(3), hidden_duration()));
    poll_stream(timer.countdown(black_box(3), hidden_duration()).rate(FixedRate));
    poll_stream(timer.countdown(black_box(3), hidden_duration()).rate(Spaced));
    poll_stream(timer.countdown(black_box(3), hidden_duration()).rate(Skip));
    for rate in [AnyRate::FixedDelay, AnyRate::Spaced, AnyRate::FixedRate, AnyRate::Skip] {
        let numbers = timer.countdown(black_box(3), hidden_duration());
        let mut numbers = pin!(numbers.rate(black_box(rate)));
        poll_stream(black_box(numbers.as_mut()));
        black_box(numbers.as_mut()).reset(hidden_duration());
        black_box(numbers.deadline());
    }

    poll_stream(HiddenStream.pace(timer.clone(), hidden_duration()));
    poll_stream(HiddenStream.pace(timer.clone(), hidden_duration()).rate(FixedRate));
    let mut pace = pin!(HiddenStream.pace(timer.clone(), hidden_duration()).rate(Skip));
    poll_stream(black_box(pace.as_mut()));
    black_box(pace.as_mut()).reset(hidden_duration());
    black_box(pace.deadline());
    let mut pace = HiddenStream.pace(timer.clone(), hidden_duration());
    black_box(pace.get_ref());
    black_box(pace.get_mut());
    black_box(pace.into_inner());
    black_box(pin!(HiddenStream.pace(timer.clone(), hidden_duration())).get_pin_mut());

    poll_stream(HiddenStream.stall(timer.clone(), hidden_duration()));
    let mut stall = HiddenStream.stall(timer.clone(), hidden_duration());
    black_box(stall.get_ref());
    black_box(stall.get_mut());
    black_box(stall.into_inner());
    black_box(pin!(HiddenStream.stall(timer.clone(), hidden_duration())).get_pin_mut());

    poll_stream(range(black_box(0_u32)..black_box(3)));
    poll_stream(range(black_box(0_u64)..=black_box(3)));
    poll_stream(range((black_box(0_i32)..black_box(3)).rev()));
    poll_stream(range(black_box([1_u8, 2, 3])));
}
