use anytempo::generate::Yielder;

use crate::floor::drain;
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
