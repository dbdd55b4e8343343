//! A reset and a poll of one timer that is far from its end: a tick without the turn of the runtime's reactor or wheel, whose
//! instructions are not the same in every run.

use core::future::Future;
use core::hint::black_box;
use core::pin::{Pin, pin};
use core::task::{Context, Poll, Waker};
use core::time::Duration;
use std::sync::{Arc, Barrier};
use std::task::Wake;

use anytempo::{StreamTimeExt, Timer, range};
use anytempo_smol::SmolTimer;
use anytempo_tokio::TokioTimer;
use futures_core::Stream;

use crate::floor::opaque;
use crate::tick::tokio::block_on;
use crate::way::{Job, Of, Way};

pub(crate) const TOKIO: Job = Job {
    name: "reset_tokio",
    title: "a reset and a poll of a timer that is far from its end, on tokio",
    times: 1000,
    is_real: false,
    timer_allocates: 0.0,
    ways: &[
        Way { name: "tokio_sleep", of: Of::Hand, run: |times| on_tokio(|| tokio_sleep(times)) },
        Way { name: "sleep", of: Of::Anytempo, run: |times| on_tokio(|| sleep(TokioTimer, times)) },
        Way { name: "pace", of: Of::Anytempo, run: |times| on_tokio(|| pace(TokioTimer, times)) },
    ],
};

pub(crate) const ASYNC_IO: Job = Job {
    name: "reset_async_io",
    title: "a reset and a poll of a timer that is far from its end, on async-io",
    // So many that what the hand-over between the threads costs does not show.
    times: 10_000,
    is_real: true,
    timer_allocates: 0.0,
    ways: &[
        Way { name: "set_after", of: Of::Hand, run: |times| without_turns(|| set_after(times)) },
        Way {
            name: "sleep",
            of: Of::Anytempo,
            run: |times| without_turns(|| sleep(SmolTimer, times)),
        },
        Way {
            name: "pace",
            of: Of::Anytempo,
            run: |times| without_turns(|| pace(SmolTimer, times)),
        },
    ],
};

const FAR: Duration = Duration::from_secs(3600);

/// Without tokio's budget, which would let only the first polls be polls.
pub(crate) fn on_tokio(work: impl FnOnce()) {
    block_on(tokio::task::unconstrained(async move { work() }));
}

/// Keeps the thread of async-io's reactor in a waker meanwhile. Otherwise it would take over a part of the work, and in each run
/// another one.
pub(crate) fn without_turns(work: impl FnOnce()) {
    struct Hold([Barrier; 2]);

    impl Wake for Hold {
        fn wake(self: Arc<Self>) {
            self.0.iter().for_each(|barrier| _ = barrier.wait());
        }
    }

    let hold = Arc::new(Hold([Barrier::new(2), Barrier::new(2)]));
    let waker = Waker::from(hold.clone());
    let mut timer = async_io::Timer::never();
    let mut delay = Duration::from_millis(1);
    // On a machine that is late a timer is due when it is polled, and the reactor is not asked.
    while {
        timer.set_after(delay);
        Pin::new(&mut timer).poll(&mut Context::from_waker(&waker)).is_ready()
    } {
        delay *= 2;
    }
    hold.0[0].wait();
    work();
    hold.0[1].wait();
}

fn tokio_sleep(times: u32) {
    let mut sleep = pin!(tokio::time::sleep(FAR));
    repeat(times, |cx| {
        sleep.as_mut().reset(tokio::time::Instant::now() + FAR);
        opaque(sleep.as_mut()).poll(cx)
    });
}

fn set_after(times: u32) {
    let mut timer = async_io::Timer::never();
    repeat(times, |cx| {
        timer.set_after(FAR);
        opaque(Pin::new(&mut timer)).poll(cx).map(|_| ())
    });
}

fn sleep(timer: impl Timer, times: u32) {
    let mut sleep = pin!(timer.sleep(FAR));
    repeat(times, |cx| {
        sleep.as_mut().reset(FAR);
        opaque(sleep.as_mut()).poll(cx)
    });
}

/// What a stream does at each tick.
fn pace(timer: impl Timer, times: u32) {
    let mut numbers = pin!(range(0_u32..).pace(timer, FAR));
    let mut cx = Context::from_waker(Waker::noop());
    assert!(numbers.as_mut().poll_next(&mut cx).is_ready(), "the first item comes at once");
    repeat(times, |cx| {
        numbers.as_mut().reset(FAR);
        let numbers: Pin<&mut dyn Stream<Item = u32>> = black_box(numbers.as_mut());
        numbers.poll_next(cx).map(|_| ())
    });
}

fn repeat(times: u32, mut reset_and_poll: impl FnMut(&mut Context<'_>) -> Poll<()>) {
    let mut cx = Context::from_waker(Waker::noop());
    for _ in 0..times {
        assert!(black_box(reset_and_poll(&mut cx)).is_pending(), "an hour is not over");
    }
}
