//! Waits from every phase of a tick: none is early, and none is late by more than the two ticks that it is rounded up by.
//!
//! The counter of a board goes up more often than embassy's clock ticks. So what the clock cannot see, a wait that ends within
//! the tick too soon, the counter can.

use core::time::Duration;

use anytempo::{Instant, Timer};
use anytempo_embassy::{EmbassyTimer, Instant as Tick};
use embassy_time_driver::TICK_HZ;

use crate::output::{Code, say};
use crate::{board, clock};

/// The waits, in nanoseconds: below a tick, just a tick and beside it, and what comes out even at no rate.
const DELAYS: [u64; 8] = [1, 1_000, 30_517, 30_518, 61_036, 100_001, 999_999, 1_953_125];

/// The counts of a tick, rounded up: a wait begins at each of them.
const TICK: u64 = board::HZ.div_ceil(TICK_HZ);

/// What it takes to begin and to end a wait: a few microseconds, rounded up.
const SPARE: u64 = 4 * board::HZ.div_ceil(1_000_000);

/// What was seen of waits of one kind.
#[derive(Default)]
struct Seen {
    waits: u32,
    early: u32,
    /// The most counts that a wait took longer than it had to.
    latest: u64,
}

pub(crate) async fn run() -> Code {
    let (mut sleeps, mut raw) = (Seen::default(), Seen::default());
    for delay in DELAYS {
        for phase in 0..TICK {
            sleeps.wait(phase, delay, sleep).await;
            raw.wait(phase, delay, without_a_spare_tick).await;
        }
    }
    sleeps.say("sleeps");
    // That these are early shows that it would be seen.
    raw.say("raw");
    if sleeps.early > 0 || sleeps.latest > 2 * TICK + SPARE {
        say(format_args!("broken a wait was early, or later than the tick after the next"));
        return Code::WRONG;
    }
    say(format_args!("kept"));
    Code::RIGHT
}

async fn sleep(delay: Duration) {
    EmbassyTimer.sleep(delay).await;
}

/// A wait for as many ticks as the delay has, which may begin late in the first of them.
async fn without_a_spare_tick(delay: Duration) {
    let deadline = EmbassyTimer.now().checked_add(Tick::delta_ceil(delay));
    EmbassyTimer.raw_sleep(deadline).await;
}

impl Seen {
    async fn wait(&mut self, phase: u64, nanos: u64, wait: impl AsyncFnOnce(Duration)) {
        let begin = at_phase(phase);
        wait(Duration::from_nanos(nanos)).await;
        let passed = clock::counts() - begin;
        let wanted = (nanos * board::HZ).div_ceil(1_000_000_000);
        self.waits += 1;
        match passed.checked_sub(wanted) {
            None => self.early += 1,
            Some(late) => self.latest = self.latest.max(late),
        }
    }

    fn say(&self, what: &str) {
        let Self { waits, early, latest } = self;
        say(format_args!("{what} {waits} early {early} latest {latest} tick {TICK}"));
    }
}

/// Waits, busily, until the counter is so many counts into a tick, and is then just that.
fn at_phase(phase: u64) -> u64 {
    loop {
        let counts = clock::counts();
        let tick = clock::ticks(counts);
        // The first count of this tick.
        let begin = clock::first_count(tick);
        // Not every tick has as many counts.
        let last = clock::first_count(tick + 1) - begin - 1;
        if counts - begin == phase.min(last) {
            return counts;
        }
    }
}
