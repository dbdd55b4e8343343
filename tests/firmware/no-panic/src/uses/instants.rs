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
