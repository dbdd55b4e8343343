//! Counts instructions, on an emulator that lets each take the same time.

use core::arch::asm;

use cortex_m::peripheral::{Peripherals, SYST, syst::SystClkSource};

/// The highest value of a counter of 24 bits.
const MASK: u32 = 0xff_ffff;

/// The processor's own counter, which every one of them has.
pub struct Stopwatch {
    syst: SYST,
}

impl Stopwatch {
    /// Starts it.
    pub fn new() -> Self {
        // SAFETY: nobody else in these programs uses it.
        let mut syst = unsafe { Peripherals::steal() }.SYST;
        syst.set_clock_source(SystClkSource::Core);
        syst.set_reload(MASK);
        syst.clear_current();
        syst.enable_counter();
        Self { syst }
    }

    /// What it shows. It counts down.
    #[inline(never)]
    pub fn read(&mut self) -> u32 {
        self.syst.cvr.read()
    }

    /// How far it went since it showed `begin`.
    pub fn since(&mut self, begin: u32) -> u32 {
        begin.wrapping_sub(self.read()) & MASK
    }

    /// How far it goes in 9998 instructions, which is what it is read by.
    pub fn for_a_known_number(&mut self) -> u32 {
        self.spin(5000) - self.spin(1)
    }

    /// How far it goes in so many rounds, of two instructions each, and what is around them.
    #[inline(never)]
    fn spin(&mut self, rounds: u32) -> u32 {
        let begin = self.read();
        // SAFETY: it counts down a register, and that is all.
        unsafe {
            asm!("2: subs {0}, #1", "bne 2b", inout(reg) rounds => _, options(nomem, nostack))
        };
        self.since(begin)
    }
}

impl Default for Stopwatch {
    fn default() -> Self {
        Self::new()
    }
}
