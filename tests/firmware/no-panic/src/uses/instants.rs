use core::future::Future;
use core::hint::black_box;
use core::pin::pin;
use core::task::{Context, Waker};

use anytempo::{Instant, RawSleep, Timer};

use crate::hidden::hidden_duration;

/// What an adapter gives. A program may do its own arithmetic with it.
pub(crate) fn use_instants<T: Timer>(timer: &T) {
    let now = black_box(timer.now());
    let delta = black_box(T::Instant::delta_ceil(hidden_duration()));
    black_box(T::Instant::to_duration(delta));
    black_box(now.checked_add(delta));
    black_box(now.checked_after(delta));
    black_box(T::Instant::to_duration(now.saturating_since(black_box(timer.now()))));
    black_box(now.ceil_to(black_box(delta)));
    black_box(timer.after(hidden_duration()));
    black_box(timer.elapsed(black_box(now)));
    black_box(timer.remaining(black_box(now)));
    black_box(timer.remaining(timer.after(hidden_duration())));
    black_box(timer.raw_sleep(black_box(now).into()).deadline());
    let mut sleep = pin!(timer.raw_sleep(black_box(now.checked_after(delta))));
    sleep.as_mut().reset(black_box(now.checked_add(delta)));
    sleep.as_mut().arm(&mut Context::from_waker(Waker::noop()));
    black_box(sleep.deadline());
}

/// The same clock, with waits that may be late.
pub(crate) fn use_slack<T: Timer>(timer: &T) {
    let slack = timer.slack(hidden_duration());
    black_box(slack.span());
    black_box(slack.get_ref());
    let mut cx = Context::from_waker(Waker::noop());
    let mut sleep = pin!(slack.raw_sleep(slack.after(hidden_duration())));
    let _ = black_box(sleep.as_mut().poll(&mut cx));
    sleep.as_mut().reset(black_box(timer.now()).into());
    sleep.as_mut().arm(&mut cx);
    black_box(sleep.deadline());
}
