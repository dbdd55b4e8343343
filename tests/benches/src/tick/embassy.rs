use core::hint::black_box;
use core::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use core::task::Waker;
use core::time::Duration;
use std::sync::{Mutex, PoisonError};

use anytempo::stream::FixedRate;
use anytempo::{StreamTimeExt, Timer as _, range};
use anytempo_embassy::EmbassyTimer;
use embassy_time::{Ticker, Timer};
use embassy_time_driver::Driver;

use super::consume;
use crate::floor::block_on;
use crate::way::{Job, Of, Way};

pub(crate) const JOB: Job = Job {
    name: "tick_embassy",
    title: "a tick on embassy, simulated clock",
    times: 1000,
    is_real: false,
    timer_allocates: 0.0,
    ways: &[
        Way { name: "ticker_loop", of: Of::Hand, run: ticker_loop },
        Way { name: "countdown", of: Of::Anytempo, run: countdown },
        Way { name: "countdown_fixed", of: Of::Anytempo, run: countdown_fixed },
        Way { name: "pace", of: Of::Anytempo, run: pace },
        Way { name: "pace_fixed", of: Of::Anytempo, run: pace_fixed },
        Way { name: "after_loop", of: Of::Peer, run: after_loop },
        Way { name: "ticker_stream", of: Of::Peer, run: ticker_stream },
        Way { name: "async_stream", of: Of::Peer, run: async_stream },
    ],
};

/// Whether a look at the clock costs what it costs on a microcontroller, where it needs a critical section.
pub(crate) static IS_LOCKED: AtomicBool = AtomicBool::new(false);
static LOCK: Mutex<()> = Mutex::new(());

/// A clock that goes to each deadline as soon as one is set.
struct Jump(AtomicU64);

impl Jump {
    #[inline(never)]
    fn now_locked(&self) -> u64 {
        let _lock = LOCK.lock().unwrap_or_else(PoisonError::into_inner);
        self.0.load(Relaxed)
    }
}

impl Driver for Jump {
    fn now(&self) -> u64 {
        if IS_LOCKED.load(Relaxed) { self.now_locked() } else { self.0.load(Relaxed) }
    }

    fn schedule_wake(&self, at: u64, waker: &Waker) {
        if at > self.now() {
            self.0.store(at, Relaxed);
        }
        waker.wake_by_ref();
    }
}

embassy_time_driver::time_driver_impl!(static JUMP: Jump = Jump(AtomicU64::new(0)));

const DELAY: Duration = Duration::from_millis(1);
const TICKS: embassy_time::Duration = embassy_time::Duration::from_millis(1);

fn ticker_loop(times: u32) {
    block_on(async move {
        let mut ticker = Ticker::every(TICKS);
        for number in (1..=times).rev() {
            black_box(number);
            ticker.next().await;
        }
        black_box(0_u32);
    });
}

fn countdown(times: u32) {
    block_on(consume(EmbassyTimer.countdown(times, DELAY)));
}

fn countdown_fixed(times: u32) {
    block_on(consume(EmbassyTimer.countdown(times, DELAY).rate(FixedRate)));
}

fn pace(times: u32) {
    block_on(consume(range((0..=times).rev()).pace(EmbassyTimer, DELAY)));
}

fn pace_fixed(times: u32) {
    block_on(consume(range((0..=times).rev()).pace(EmbassyTimer, DELAY).rate(FixedRate)));
}

fn after_loop(times: u32) {
    block_on(async move {
        for number in (1..=times).rev() {
            black_box(number);
            Timer::after(TICKS).await;
        }
        black_box(0_u32);
    });
}

fn ticker_stream(times: u32) {
    use futures_util::StreamExt;
    let count = usize::try_from(times).unwrap_or(usize::MAX);
    block_on(consume(Ticker::every(TICKS).take(count)));
}

fn async_stream(times: u32) {
    block_on(consume(async_stream::stream! {
        for number in (1..=times).rev() {
            yield number;
            Timer::after(TICKS).await;
        }
        yield 0;
    }));
}
