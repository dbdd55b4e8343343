//! embassy's clock, on the counter and the alarm of any board: without ticks, so that nothing happens while nothing is due.

use core::cell::RefCell;
use core::task::Waker;

use critical_section::Mutex;
use embassy_time_driver::{Driver, TICK_HZ, time_driver_impl};
use embassy_time_queue_utils::Queue;

use crate::board;
use crate::trouble::{Trouble, end};

struct Clock(Mutex<RefCell<State>>);

struct State {
    queue: Queue,
    /// The counter when it was read last, and how often it has wrapped until then.
    count: u32,
    wraps: u32,
    /// The tick of the alarm, and how often one has gone off.
    due: u64,
    alarms: u32,
}

time_driver_impl!(static CLOCK: Clock = Clock(Mutex::new(RefCell::new(State {
    queue: Queue::new(),
    count: 0,
    wraps: 0,
    due: u64::MAX,
    alarms: 0,
}))));

/// A tick is `COUNTS / TICKS` counts, in lowest terms.
const TICKS: u64 = TICK_HZ / greatest_common_divisor(TICK_HZ, board::HZ);
const COUNTS: u64 = board::HZ / greatest_common_divisor(TICK_HZ, board::HZ);

const fn greatest_common_divisor(mut a: u64, mut b: u64) -> u64 {
    while b > 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// How long a board may run, in its own time. The emulator goes through a night's sleep in no time, and would through the ages of
/// the universe too, long after whoever started it has gone.
const LONGEST: u64 = 366 * 24 * 3600 * board::HZ;

pub(crate) fn start() {
    board::start();
    // Also if nobody ever waits, as the counter must be read once each time that it wraps.
    CLOCK.with(State::arm);
}

/// The counter of the board since its start, of which there are [`board::HZ`] in a second.
pub(crate) fn counts() -> u64 {
    CLOCK.with(State::counts)
}

/// How often the alarm has gone off since the start of the board.
pub(crate) fn alarms() -> u32 {
    CLOCK.with(|state| state.alarms)
}

/// Called by the interrupt of the alarm.
pub(crate) fn on_alarm() {
    CLOCK.with(|state| {
        // The emulated nRF51 interrupts a count too early, and the alarm is then set again for the same tick.
        if ticks(state.counts()) >= state.due {
            state.alarms += 1;
        }
        state.arm();
    });
}

impl Clock {
    fn with<R>(&self, body: impl FnOnce(&mut State) -> R) -> R {
        critical_section::with(|section| body(&mut self.0.borrow_ref_mut(section)))
    }
}

impl State {
    fn counts(&mut self) -> u64 {
        let count = board::count();
        if count < self.count {
            self.wraps += 1;
        }
        self.count = count;
        u64::from(self.wraps) << 32 | u64::from(count)
    }

    /// Wakes what is due, and sets the alarm for what is due next.
    fn arm(&mut self) {
        let now = self.counts();
        if now > LONGEST {
            end(Trouble::Hang, format_args!("it waits for more than a year of the board's time"));
        }
        // Rounded down, and the alarm is rounded up: a tick has come once all of it has.
        self.due = self.queue.next_expiration(ticks(now));
        let left = first_count(self.due).saturating_sub(now).clamp(1, board::FARTHEST.into());
        board::alarm(left as u32);
    }
}

/// The tick that has come after so many counts.
pub(crate) fn ticks(counts: u64) -> u64 {
    counts * TICKS / COUNTS
}

/// The counts after which a tick has come; the most there are, if it never will.
pub(crate) fn first_count(tick: u64) -> u64 {
    tick.checked_mul(COUNTS).map_or(u64::MAX, |counts| counts.div_ceil(TICKS))
}

impl Driver for Clock {
    fn now(&self) -> u64 {
        ticks(counts())
    }

    fn schedule_wake(&self, at: u64, waker: &Waker) {
        self.with(|state| {
            if state.queue.schedule_wake(at, waker) {
                state.arm();
            }
        });
    }
}
