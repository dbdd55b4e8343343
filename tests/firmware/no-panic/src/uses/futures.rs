use core::hint::black_box;
use core::pin::pin;

use anytempo::Timer;

use crate::hidden::{HiddenFuture, hidden_duration, poll_future, poll_once};

pub(crate) fn use_futures<T: Timer>(timer: &T) {
    poll_future(timer.sleep(hidden_duration()));
    poll_future(timer.sleep_until(timer.now()));
    poll_future(timer.sleep_until(timer.after(hidden_duration())));

    poll_future(timer.timeout(hidden_duration(), HiddenFuture));
    poll_future(timer.timeout_at(timer.after(hidden_duration()), HiddenFuture));
    let mut timeout = timer.timeout(hidden_duration(), HiddenFuture);
    black_box(timeout.get_ref());
    black_box(timeout.get_mut());
    black_box(timeout.into_inner());
    black_box(pin!(timer.timeout(hidden_duration(), HiddenFuture)).get_pin_mut());

    poll_future(timer.stall(hidden_duration(), HiddenFuture));
    let mut stall = timer.stall(hidden_duration(), HiddenFuture);
    black_box(stall.get_ref());
    black_box(stall.get_mut());
    black_box(stall.into_inner());
    black_box(pin!(timer.stall(hidden_duration(), HiddenFuture)).get_pin_mut());

    reset(timer);
}

/// A sleep that is used again, in any state.
#[inline(never)]
fn reset<T: Timer>(timer: &T) {
    let mut sleep = pin!(timer.sleep(hidden_duration()));
    for _ in 0..black_box(3) {
        poll_once(black_box(sleep.as_mut()));
        black_box(sleep.as_mut()).reset(hidden_duration());
        poll_once(black_box(sleep.as_mut()));
        black_box(sleep.as_mut()).reset_until(timer.after(hidden_duration()));
    }
}
