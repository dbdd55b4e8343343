//! What the crate of a chip would give: the interrupts of an MPS2 with the image AN385, so far as they are in use here.

use cortex_m::interrupt::InterruptNumber;

pub(crate) use Interrupt as interrupt;

/// The bits of a priority.
pub(crate) const NVIC_PRIO_BITS: u8 = 3;

/// How often SysTick counts in a second.
pub(crate) const CLOCK_HZ: u32 = 25_000_000;

/// The interrupt of a device that nothing here uses. Tasks are dispatched by it.
#[derive(Clone, Copy)]
#[allow(non_camel_case_types)]
pub(crate) enum Interrupt {
    UART0_RX = 0,
}

// SAFETY: the number is that of an interrupt on this board.
unsafe impl InterruptNumber for Interrupt {
    fn number(self) -> u16 {
        self as u16
    }
}

unsafe extern "C" {
    fn UART0_RX();
}

#[unsafe(link_section = ".vector_table.interrupts")]
#[unsafe(no_mangle)]
static __INTERRUPTS: [unsafe extern "C" fn(); 1] = [UART0_RX];
