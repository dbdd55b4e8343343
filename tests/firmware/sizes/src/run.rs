use core::panic::PanicInfo;

use embassy_executor::{Spawner, raw};

// For its critical sections, the one or the other.
#[cfg(target_arch = "arm")]
use cortex_m as _;
#[cfg(target_arch = "riscv32")]
use riscv as _;

use crate::driver;

/// Runs what `begin` spawns.
pub fn run(begin: impl FnOnce(Spawner)) -> ! {
    let executor = raw::Executor::new(core::ptr::null_mut());
    // SAFETY: this function does not return, so what is on its stack is there for ever.
    let executor: &'static raw::Executor = unsafe { &*core::ptr::from_ref(&executor) };
    begin(executor.spawner());
    loop {
        // SAFETY: nobody else polls it, neither from within nor from an interrupt, of which there is none.
        unsafe { executor.poll() };
        driver::advance();
    }
}

/// The executor calls it when a task is woken, for whoever sleeps. Here nobody does.
#[unsafe(export_name = "__pender")]
fn pender(_: *mut ()) {}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    semihosting::process::exit(1)
}
