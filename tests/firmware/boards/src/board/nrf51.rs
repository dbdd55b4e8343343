//! The nRF51822: TIMER0 counts at 1 MHz, and compares by itself.

use super::Register;
use super::cortex_m::{pend_alarm, unmask_alarm};

pub(crate) const HZ: u64 = 1_000_000;
pub(crate) const FARTHEST: u32 = 1 << 31;

const TIMER0: usize = 0x4000_8000;
const TASKS_START: Register = Register(TIMER0);
const TASKS_CAPTURE_0: Register = Register(TIMER0 + 0x40);
const EVENTS_COMPARE_1: Register = Register(TIMER0 + 0x144);
const INTENSET: Register = Register(TIMER0 + 0x304);
const BITMODE: Register = Register(TIMER0 + 0x508);
const PRESCALER: Register = Register(TIMER0 + 0x510);
/// Where a capture puts the counter.
const CC_0: Register = Register(TIMER0 + 0x540);
/// The alarm.
const CC_1: Register = Register(TIMER0 + 0x544);

pub(crate) fn start() {
    const BITS_32: u32 = 3;
    const COMPARE_1: u32 = 1 << 17;
    BITMODE.write(BITS_32);
    // 16 MHz are halved so often.
    PRESCALER.write(4);
    INTENSET.write(COMPARE_1);
    TASKS_START.write(1);
    unmask_alarm();
}

pub(crate) fn count() -> u32 {
    TASKS_CAPTURE_0.write(1);
    CC_0.read()
}

pub(crate) fn alarm(counts: u32) {
    EVENTS_COMPARE_1.write(0);
    let now = count();
    CC_1.write(now.wrapping_add(counts));
    // The timer compares for equality: what has gone by meanwhile would interrupt only after it has wrapped.
    if count().wrapping_sub(now) >= counts {
        pend_alarm();
    }
}
