use core::pin::Pin;
use core::task::{Context, Poll};

use futures_core::Stream;

use crate::floor::drain;
use crate::way::{Job, Of, Way};

pub(crate) const JOB: Job = Job {
    name: "range",
    title: "an item of a range, without time",
    times: 1000,
    is_real: false,
    timer_allocates: 0.0,
    ways: &[
        Way { name: "futures_iter", of: Of::Peer, run: futures_iter },
        Way { name: "poll_next_by_hand", of: Of::Hand, run: by_hand },
        Way { name: "range", of: Of::Anytempo, run: range },
        Way { name: "tokio_stream_iter", of: Of::Peer, run: tokio_stream_iter },
        Way { name: "async_stream", of: Of::Peer, run: async_stream },
    ],
};

/// What one writes who wants nothing but a range.
pub(crate) struct ByHand {
    pub(crate) next: u32,
    pub(crate) end: u32,
}

impl Stream for ByHand {
    type Item = u32;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<u32>> {
        if self.next >= self.end {
            return Poll::Ready(None);
        }
        self.next += 1;
        Poll::Ready(Some(self.next - 1))
    }
}

fn futures_iter(times: u32) {
    drain(futures_util::stream::iter(0..times));
}

fn by_hand(times: u32) {
    drain(ByHand { next: 0, end: times });
}

fn range(times: u32) {
    drain(anytempo::range(0..times));
}

fn tokio_stream_iter(times: u32) {
    drain(tokio_stream::iter(0..times));
}

fn async_stream(times: u32) {
    drain(async_stream::stream! {
        for number in 0..times {
            yield number;
        }
    });
}
