use core::future::poll_fn;
use core::hint::black_box;
use core::pin::pin;

use anytempo::Timer;
use anytempo::wait::Wait;

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
        black_box((sleep.deadline(), sleep.is_elapsed()));
    }
    let mut timeout = pin!(timer.timeout(hidden_duration(), HiddenFuture));
    let mut stall = pin!(timer.stall(hidden_duration(), HiddenFuture));
    let mut wait = pin!(Wait::until(timer, timer.after(hidden_duration())));
    for _ in 0..black_box(3) {
        poll_once(black_box(timeout.as_mut()));
        black_box(timeout.as_mut()).reset(hidden_duration());
        poll_once(black_box(timeout.as_mut()));
        black_box(timeout.as_mut()).reset_at(timer.after(hidden_duration()));
        black_box(timeout.deadline());
        poll_once(black_box(stall.as_mut()));
        black_box(stall.as_mut()).reset(hidden_duration());
        black_box(stall.deadline());
        poll_once(pin!(poll_fn(|cx| black_box(wait.as_mut()).poll_limit(cx))));
        black_box(wait.as_mut()).reset(hidden_duration());
        poll_once(pin!(poll_fn(|cx| black_box(wait.as_mut()).poll_delay(cx))));
        black_box(wait.as_mut()).disarm();
        black_box(wait.deadline());
    }
}
