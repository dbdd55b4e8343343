//! Uses every combinator of the core, in programs that link only if none of them can panic.
//!
//! The panic handler calls a function that does not exist. So the linker refuses the program, by that function's name, if
//! the compiler could not show that no panic is ever reached; and as there is no allocator, it refuses one with a heap.
//! What the linker cannot refuse, a 64-bit division, is looked for in the symbols of the finished program.
//!
//! Left out is what prints: `Debug` and `Display` go through the formatting of the standard library, which has panics and
//! divisions of its own.
#![no_std]

mod broken;
mod hidden;
mod uses;

use core::panic::PanicInfo;

use anytempo::Timer;

pub use hidden::hidden_duration;

unsafe extern "C" {
    /// Defined nowhere. Its name is what the linker says if a panic is left.
    safe fn anytempo_can_panic() -> !;
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    anytempo_can_panic()
}

/// Uses all there is, on a timer.
pub fn use_everything<T: Timer>(timer: T) {
    uses::use_futures(&timer);
    uses::use_streams(&timer);
    uses::use_operators(&timer);
    uses::use_protocol();
    uses::use_generate();
    uses::use_instants(&timer);
    uses::use_slack(&timer);
    uses::use_scope(&timer);
    uses::use_delay(&timer);
    broken::do_what_must_be_noticed();
}
