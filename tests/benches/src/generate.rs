use core::pin::Pin;
use core::task::{Context, Poll};

use anytempo::generate::Yielder;
use futures_core::Stream;

use crate::floor::{drain, drain_inlined};
use crate::range::ByHand;
use crate::way::{Job, Of, Way};

pub(crate) const JOB: Job = Job {
    name: "generate",
    title: "an item of a generator, without time",
    times: 1000,
    is_real: false,
    timer_allocates: 0.0,
    ways: &[
        Way { name: "poll_next_by_hand", of: Of::Hand, run: by_hand },
        Way { name: "generate", of: Of::Anytempo, run: generate },
        Way { name: "async_stream", of: Of::Peer, run: async_stream },
    ],
};

fn by_hand(times: u32) {
    drain(ByHand { next: 0, end: times });
}

fn generate(times: u32) {
    drain(anytempo::generate(async move |mut y: Yielder<'_, u32>| {
        for number in 0..times {
            y.emit(number).await;
        }
    }));
}

fn async_stream(times: u32) {
    drain(async_stream::stream! {
        for number in 0..times {
            yield number;
        }
    });
}

pub(crate) const TIGHT: Job = Job {
    name: "generate_tight",
    title: "an item of a generator in a loop that it is inlined in",
    times: 1000,
    is_real: false,
    timer_allocates: 0.0,
    ways: &[
        Way { name: "poll_next_by_hand", of: Of::Hand, run: tight_by_hand },
        Way { name: "generate", of: Of::Anytempo, run: tight_generate },
        Way { name: "async_stream", of: Of::Peer, run: tight_async_stream },
    ],
};

struct ByHand64 {
    next: u64,
    end: u64,
}

impl Stream for ByHand64 {
    type Item = u64;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<u64>> {
        if self.next >= self.end {
            return Poll::Ready(None);
        }
        self.next += 1;
        Poll::Ready(Some(self.next - 1))
    }
}

fn tight_by_hand(times: u32) {
    drain_inlined(ByHand64 { next: 0, end: times.into() });
}

fn tight_generate(times: u32) {
    drain_inlined(anytempo::generate(async move |mut y: Yielder<'_, u64>| {
        for number in 0..times.into() {
            y.emit(number).await;
        }
    }));
}

fn tight_async_stream(times: u32) {
    drain_inlined(async_stream::stream! {
        for number in 0..u64::from(times) {
            yield number;
        }
    });
}
