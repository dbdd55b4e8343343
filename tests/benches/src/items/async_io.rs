use anytempo::StreamTimeExt;
use anytempo_smol::SmolTimer;
use futures_time::stream::StreamExt as FuturesTimeExt;
use futures_time::time::Duration as FuturesTimeDuration;

use super::by_hand::{Debounce, Limit, Throttle};
use super::source::{Ready, Waiting, take_through};
use super::{FAR, way};
use crate::reset::without_turns;
use crate::way::{Job, Of, Way};

// As many times as `reset_async_io`, for its reason.
const TIMES: u32 = 10_000;

pub(crate) const WAITING_ASYNC_IO: Job = Job {
    name: "item_async_io",
    title: "an item through a limit, from a source that is pending between items, on async-io",
    times: TIMES,
    is_real: true,
    timer_allocates: 1.0,
    ways: &[
        way!(Hand "bare", without_turns, |source: Waiting| source),
        way!(Hand "limit_by_hand", without_turns, |source: Waiting| Limit::from(source)),
        way!(Anytempo "timeout_each", without_turns, |source: Waiting| source
            .timeout_each(SmolTimer, FAR)),
        way!(Peer "futures_time_timeout", without_turns, |source: Waiting| {
            FuturesTimeExt::timeout(source, FuturesTimeDuration::from(FAR))
        }),
        way!(Peer "async_std_timeout", without_turns, |source: Waiting| {
            async_std::stream::StreamExt::timeout(source, FAR)
        }),
    ],
};

pub(crate) const READY_ASYNC_IO: Job = Job {
    name: "item_ready_async_io",
    title: "an item through a limit, from a source that is always ready, on async-io",
    times: TIMES,
    is_real: true,
    timer_allocates: 0.0,
    ways: &[
        way!(Hand "bare", without_turns, |source: Ready| source),
        way!(Anytempo "timeout_each", without_turns, |source: Ready| source
            .timeout_each(SmolTimer, FAR)),
        way!(Peer "futures_time_timeout", without_turns, |source: Ready| {
            FuturesTimeExt::timeout(source, FuturesTimeDuration::from(FAR))
        }),
        way!(Peer "async_std_timeout", without_turns, |source: Ready| {
            async_std::stream::StreamExt::timeout(source, FAR)
        }),
    ],
};

pub(crate) const DEBOUNCE: Job = Job {
    name: "debounce_async_io",
    title: "an item that takes the place of the one before, from a source that is pending between items, on async-io",
    times: TIMES,
    is_real: true,
    timer_allocates: 1.0,
    ways: &[
        way!(Hand "bare", without_turns, |source: Waiting| source),
        way!(Hand "debounce_by_hand", without_turns, |source: Waiting| Debounce::from(source)),
        way!(Anytempo "debounce", without_turns, |source: Waiting| StreamTimeExt::debounce(source, SmolTimer, FAR)),
        way!(Anytempo "debounce_at_most", without_turns, |source: Waiting| StreamTimeExt::debounce(source, SmolTimer, FAR)
            .at_most(FAR * 2)),
        // After an item it leaves the source and asks only its timer, so it is polled twice for each.
        way!(Peer "futures_time_debounce", without_turns, |source: Waiting| {
            FuturesTimeExt::debounce(source, FuturesTimeDuration::from(FAR))
        }),
    ],
};

pub(crate) const THROTTLE_ASYNC_IO: Job = Job {
    name: "throttle_async_io",
    title: "an item that a throttle keeps back, from a source that is pending between items, on async-io",
    times: TIMES,
    is_real: true,
    timer_allocates: 0.0,
    ways: &[
        way!(Hand "bare", without_turns, |source: Waiting| source),
        way!(Hand "throttle_by_hand", without_turns, |source: Waiting| Throttle::from(source)),
        way!(Anytempo "throttle_latest", without_turns, |source: Waiting| source
            .throttle_latest(SmolTimer, FAR)),
        way!(Anytempo "throttle_first", without_turns, |source: Waiting| source
            .throttle_first(SmolTimer, FAR)),
        way!(Peer "futures_time_throttle", without_turns, |source: Waiting| {
            FuturesTimeExt::throttle(source, FuturesTimeDuration::from(FAR))
        }),
    ],
};
