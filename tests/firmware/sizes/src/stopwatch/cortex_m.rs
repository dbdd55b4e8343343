use core::arch::asm;

use cortex_m::peripheral::{Peripherals, SYST, syst::SystClkSource};

/// The highest value of a counter of 24 bits.
const MASK: u32 = 0xff_ffff;

/// SysTick, which counts down.
pub(super) struct Counter {
    syst: SYST,
}

impl Counter {
    pub(super) fn start() -> Self {
        // SAFETY: nobody else in these programs uses it.
        let mut syst = unsafe { Peripherals::steal() }.SYST;
        syst.set_clock_source(SystClkSource::Core);
        syst.set_reload(MASK);
        syst.clear_current();
        syst.enable_counter();
        Self { syst }
    }

    pub(super) fn read(&self) -> u32 {
        self.syst.cvr.read()
    }

    pub(super) fn between(begin: u32, end: u32) -> u32 {
        begin.wrapping_sub(end) & MASK
    }
}

/// So many rounds, of two instructions each.
#[inline(always)]
pub(super) fn run(rounds: u32) {
    // SAFETY: it counts down a register, and that is all.
    unsafe { asm!("2: subs {0}, #1", "bne 2b", inout(reg) rounds => _, options(nomem, nostack)) };
}
