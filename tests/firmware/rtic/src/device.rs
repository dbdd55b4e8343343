//! What the crate of a chip would give: the interrupts of an MPS2 with the image AN385, so far as they are in use here.

use cortex_m::interrupt::InterruptNumber;

pub(crate) use Interrupt as interrupt;

/// The bits of a priority.
pub(crate) const NVIC_PRIO_BITS: u8 = 3;

/// How often SysTick counts in a second.
pub(crate) const CLOCK_HZ: u32 = 25_000_000;

/// Interrupts of devices that nothing here uses, so that tasks are dispatched by them.
#[derive(Clone, Copy)]
#[allow(non_camel_case_types, clippy::upper_case_acronyms)]
pub(crate) enum Interrupt {
    UART0_RX = 0,
    UART0_TX = 1,
}

// SAFETY: each has a number of its own, which is that of an interrupt on this board.
unsafe impl InterruptNumber for Interrupt {
    fn number(self) -> u16 {
        self as u16
    }
}

unsafe extern "C" {
    fn UART0_RX();
    fn UART0_TX();
}

#[unsafe(link_section = ".vector_table.interrupts")]
#[unsafe(no_mangle)]
static __INTERRUPTS: [unsafe extern "C" fn(); 2] = [UART0_RX, UART0_TX];
