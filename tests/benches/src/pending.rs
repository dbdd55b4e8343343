//! A poll of a sleep that is far from its end, as `select!` and other sources of wakes make many.

use core::future::{Future, poll_fn};
use core::hint::black_box;
use core::pin::pin;
use core::task::Poll;
use core::time::Duration;

use anytempo::Timer as _;
use anytempo_tokio::TokioTimer;

use crate::floor::opaque;
use crate::tick::tokio::block_on;
use crate::way::{Job, Of, Way};

pub(crate) const JOB: Job = Job {
    name: "poll_pending_tokio",
    title: "a poll of a sleep that is far from its end, on tokio",
    times: 1000,
    is_real: false,
    timer_allocates: 0.0,
    ways: &[
        Way { name: "tokio_sleep", of: Of::Hand, run: |times| poll(times, tokio::time::sleep) },
        Way {
            name: "sleep",
            of: Of::Anytempo,
            run: |times| poll(times, |far| TokioTimer.sleep(far)),
        },
    ],
};

const FAR: Duration = Duration::from_secs(3600);

fn poll<F: Future<Output = ()>>(times: u32, sleep: impl FnOnce(Duration) -> F) {
    // Without tokio's budget, which would let only the first polls be polls.
    block_on(tokio::task::unconstrained(async move {
        let sleep = pin!(sleep(FAR));
        let mut sleep = opaque(sleep);
        poll_fn(move |cx| {
            for _ in 0..times {
                assert!(black_box(sleep.as_mut().poll(cx)).is_pending(), "an hour is not over");
            }
            Poll::Ready(())
        })
        .await;
    }));
}
