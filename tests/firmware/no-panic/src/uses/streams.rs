use core::hint::black_box;
use core::pin::pin;

use anytempo::{StreamTimeExt, Timer, range};

use crate::hidden::{HiddenStream, hidden_duration, poll_stream};

pub(crate) fn use_streams<T: Timer>(timer: &T) {
    poll_stream(timer.countdown(black_box(3), hidden_duration()));
    poll_stream(timer.countdown(black_box(3), hidden_duration()).fixed_rate());

    poll_stream(HiddenStream.pace(timer.clone(), hidden_duration()));
    poll_stream(HiddenStream.pace(timer.clone(), hidden_duration()).fixed_rate());
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
