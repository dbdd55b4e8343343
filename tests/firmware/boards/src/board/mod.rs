//! The hardware: one file for each kind, all with the same few functions.
//!
//! - `HZ`: how often `count` goes up in a second.
//! - `FARTHEST`: the most counts that an alarm may be away.
//! - `start()`: starts the counter, and lets the alarm interrupt.
//! - `count()`: the counter. It goes up for ever, and wraps.
//! - `alarm(counts)`: interrupts once, so many counts from now, and forgets the alarm before it.
//! - `wait_for_interrupt()`: sleeps until an interrupt is pending, also where interrupts are off.
//! - `undefined_instruction()`: a fault.

#[cfg(target_arch = "arm")]
mod cortex_m;
#[cfg(any(board = "cortex-m3", board = "cortex-m4f", board = "cortex-m33"))]
mod mps2;
#[cfg(board = "cortex-m0")]
mod nrf51;
#[cfg(target_arch = "riscv32")]
mod virt;

#[cfg(target_arch = "arm")]
pub(crate) use cortex_m::{undefined_instruction, wait_for_interrupt};
#[cfg(any(board = "cortex-m3", board = "cortex-m4f", board = "cortex-m33"))]
pub(crate) use mps2::{FARTHEST, HZ, alarm, count, start};
#[cfg(board = "cortex-m0")]
pub(crate) use nrf51::{FARTHEST, HZ, alarm, count, start};
#[cfg(target_arch = "riscv32")]
pub(crate) use virt::{
    FARTHEST, HZ, alarm, count, start, undefined_instruction, wait_for_interrupt,
};

/// A register of a device.
#[derive(Clone, Copy)]
struct Register(usize);

impl Register {
    fn read(self) -> u32 {
        // SAFETY: all registers are declared in the files beside this one, from the manuals of their boards: at each
        // address there is a word that may be read at any time.
        unsafe { (self.0 as *const u32).read_volatile() }
    }

    fn write(self, word: u32) {
        // SAFETY: as above, and what a device does when it is written to is not done to memory.
        unsafe { (self.0 as *mut u32).write_volatile(word) }
    }
}
