//! What the programs share: the logger, the panic handler, and a result of which the compiler knows nothing.
#![no_std]

use core::hint::black_box;
use core::panic::PanicInfo;

use anytempo::Elapsed;

use {cortex_m as _, defmt_semihosting as _};

pub use cortex_m_rt::entry;

/// How a limit ended.
#[inline(never)]
pub fn result() -> Result<(), Elapsed> {
    black_box(Err(Elapsed::new()))
}

/// Ends the emulator.
pub fn stop() -> ! {
    semihosting::process::exit(0)
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    semihosting::process::exit(1)
}
