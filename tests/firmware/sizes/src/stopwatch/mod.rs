//! Counts instructions, on an emulator that lets each take the same time.

#[cfg(target_arch = "arm")]
mod cortex_m;
#[cfg(target_arch = "riscv32")]
mod riscv32;

#[cfg(target_arch = "arm")]
use cortex_m::{Counter, run};
#[cfg(target_arch = "riscv32")]
use riscv32::{Counter, run};

/// The processor's own counter, which every one of them has.
pub struct Stopwatch {
    counter: Counter,
}

impl Stopwatch {
    /// Starts it.
    pub fn new() -> Self {
        Self { counter: Counter::start() }
    }

    /// What it shows.
    #[inline(never)]
    pub fn read(&mut self) -> u32 {
        self.counter.read()
    }

    /// How far it went since it showed `begin`.
    pub fn since(&mut self, begin: u32) -> u32 {
        Counter::between(begin, self.read())
    }

    /// How far it goes in 9998 instructions, which is what it is read by.
    pub fn for_a_known_number(&mut self) -> u32 {
        self.spin(5000) - self.spin(1)
    }

    /// How far it goes in so many rounds, of two instructions each, and what is around them.
    #[inline(never)]
    fn spin(&mut self, rounds: u32) -> u32 {
        let begin = self.read();
        run(rounds);
        self.since(begin)
    }
}

impl Default for Stopwatch {
    fn default() -> Self {
        Self::new()
    }
}
