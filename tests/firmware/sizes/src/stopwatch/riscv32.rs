use core::arch::asm;

use riscv::register::mcycle;

/// The lower half of `mcycle`, which counts up from the reset on. The emulator lets it go on with time, and that with the
/// instructions.
pub(super) struct Counter;

impl Counter {
    pub(super) fn start() -> Self {
        Self
    }

    pub(super) fn read(&self) -> u32 {
        mcycle::read() as u32
    }

    pub(super) fn between(begin: u32, end: u32) -> u32 {
        end.wrapping_sub(begin)
    }
}

/// So many rounds, of two instructions each.
#[inline(always)]
pub(super) fn run(rounds: u32) {
    // SAFETY: it counts down a register, and that is all.
    unsafe {
        asm!("2: addi {0}, {0}, -1", "bnez {0}, 2b", inout(reg) rounds => _, options(nomem, nostack))
    };
}
