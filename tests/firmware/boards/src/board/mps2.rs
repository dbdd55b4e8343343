//! The MPS2 with the images AN385, AN386 and AN505: the counter of the FPGA, and TIMER0 for the alarm.

use super::Register;
use super::cortex_m::unmask_alarm;

pub(crate) const HZ: u64 = 1_000_000;
/// In terms of the alarm, which counts faster, and with as many bits.
pub(crate) const FARTHEST: u32 = 100_000_000;

/// The clock in megahertz, and where the two devices are. The Cortex-M33 starts secure and stays so.
#[cfg(not(board = "cortex-m33"))]
const MACHINE: (u32, usize, usize) = (25, 0x4002_8000, 0x4000_0000);
#[cfg(board = "cortex-m33")]
const MACHINE: (u32, usize, usize) = (20, 0x5030_2000, 0x5000_0000);

const CLOCK_MHZ: u32 = MACHINE.0;

const FPGAIO: usize = MACHINE.1;
const COUNTER: Register = Register(FPGAIO + 0x18);
const PRESCALE: Register = Register(FPGAIO + 0x1c);

const TIMER0: usize = MACHINE.2;
const CTRL: Register = Register(TIMER0);
const VALUE: Register = Register(TIMER0 + 0x4);
const RELOAD: Register = Register(TIMER0 + 0x8);
const INTCLEAR: Register = Register(TIMER0 + 0xc);

pub(crate) fn start() {
    PRESCALE.write(CLOCK_MHZ - 1);
    unmask_alarm();
}

pub(crate) fn count() -> u32 {
    COUNTER.read()
}

pub(crate) fn alarm(counts: u32) {
    const ENABLED: u32 = 1;
    const INTERRUPTS: u32 = 1 << 3;
    CTRL.write(0);
    INTCLEAR.write(1);
    // Down to zero, and not again.
    RELOAD.write(0);
    VALUE.write(counts * CLOCK_MHZ);
    CTRL.write(ENABLED | INTERRUPTS);
}
