use core::time::Duration;

use anytempo::{StreamTimeExt, Timer};
use anytempo_tokio::TokioTimer;
use futures_util::stream;
use tokio_stream::StreamExt as TokioStreamExt;

use super::source::{Ready, Waiting, take_through};
use super::{FAR, way};
use crate::reset::on_tokio;
use crate::tick::consume;
use crate::tick::tokio::block_on;
use crate::way::{Job, Of, Way};

pub(crate) const WAITING_TOKIO: Job = Job {
    name: "item_tokio",
    title: "an item through a limit, from a source that is pending between items, on tokio",
    times: 1000,
    is_real: false,
    timer_allocates: 0.0,
    ways: &[
        way!(Hand "bare", on_tokio, |source: Waiting| source),
        way!(Anytempo "timeout_each", on_tokio, |source: Waiting| source.timeout_each(TokioTimer, FAR)),
        way!(Anytempo "timeout_each_repeating", on_tokio, |source: Waiting| source
            .timeout_each(TokioTimer, FAR)
            .repeating()),
        way!(Anytempo "keep_alive", on_tokio, |source: Waiting| source
            .keep_alive(TokioTimer, FAR, || 0)),
        way!(Peer "tokio_stream_timeout", on_tokio, |source: Waiting| TokioStreamExt::timeout(
            source, FAR
        )),
    ],
};

pub(crate) const READY_TOKIO: Job = Job {
    name: "item_ready_tokio",
    title: "an item through a limit, from a source that is always ready, on tokio",
    times: 1000,
    is_real: false,
    timer_allocates: 0.0,
    ways: &[
        way!(Hand "bare", on_tokio, |source: Ready| source),
        way!(Anytempo "timeout_each", on_tokio, |source: Ready| source.timeout_each(TokioTimer, FAR)),
        way!(Peer "tokio_stream_timeout", on_tokio, |source: Ready| TokioStreamExt::timeout(
            source, FAR
        )),
    ],
};

/// How many items a chunk has.
const MOST: usize = 8;

pub(crate) const CHUNKS: Job = Job {
    name: "chunks_tokio",
    title: "an item of a chunk of 8, from a source that is pending between items, on tokio",
    times: 1000,
    is_real: false,
    // The first way allocates a whole chunk at once, and anytempo in two steps.
    timer_allocates: 0.125,
    ways: &[
        way!(Hand "chunks", on_tokio, |source: Waiting| stream::StreamExt::chunks(source, MOST)),
        way!(Anytempo "chunks_within", on_tokio, |source: Waiting| source
            .chunks_within(TokioTimer, MOST, FAR)),
        way!(Peer "tokio_stream_chunks_timeout", on_tokio, |source: Waiting| {
            TokioStreamExt::chunks_timeout(source, MOST, FAR)
        }),
    ],
};

pub(crate) const THROTTLE_TOKIO: Job = Job {
    name: "throttle_tokio",
    title: "an item that a throttle lets pass, from a source with a tick for each, on tokio, paused clock",
    times: 1000,
    is_real: false,
    timer_allocates: 0.0,
    ways: &[
        Way { name: "bare", of: Of::Hand, run: |times| block_on(consume(ticks(times))) },
        Way {
            name: "throttle_latest",
            of: Of::Anytempo,
            run: |times| block_on(consume(ticks(times).throttle_latest(TokioTimer, PERIOD))),
        },
        Way {
            name: "throttle_first",
            of: Of::Anytempo,
            run: |times| block_on(consume(ticks(times).throttle_first(TokioTimer, PERIOD))),
        },
        Way {
            name: "tokio_stream_throttle",
            of: Of::Peer,
            // It reads the clock when it is made, so it is made inside.
            run: |times| {
                block_on(async move {
                    consume(TokioStreamExt::throttle(ticks(times), PERIOD)).await;
                })
            },
        },
    ],
};

const PERIOD: Duration = Duration::from_millis(1);

/// Items that are twice as far apart as a throttle wants.
fn ticks(times: u32) -> impl futures_core::Stream<Item = u32> {
    TokioTimer.countdown(times, PERIOD * 2)
}
