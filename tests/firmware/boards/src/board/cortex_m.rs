//! What the boards with an Arm processor share.

use cortex_m::interrupt::InterruptNumber;
use cortex_m::peripheral::NVIC;
use cortex_m_rt::{ExceptionFrame, entry, exception};

use crate::trouble::{Trouble, end};
use crate::{clock, main};

/// The interrupt of the alarm.
#[derive(Clone, Copy)]
struct Alarm;

const ALARM: u16 = if cfg!(board = "cortex-m33") { 3 } else { 8 };

// SAFETY: it has one number, which is that of an interrupt on the board that this is built for.
unsafe impl InterruptNumber for Alarm {
    fn number(self) -> u16 {
        ALARM
    }
}

#[entry]
fn start() -> ! {
    main()
}

pub(super) fn unmask_alarm() {
    // SAFETY: no critical section relies on this interrupt being masked, as it is for the first time let through here.
    unsafe { NVIC::unmask(Alarm) };
}

/// Interrupts for an alarm that was set too late.
#[cfg(board = "cortex-m0")]
pub(super) fn pend_alarm() {
    NVIC::pend(Alarm);
}

pub(crate) fn wait_for_interrupt() {
    cortex_m::asm::wfi();
}

pub(crate) fn undefined_instruction() -> ! {
    cortex_m::asm::udf()
}

#[exception]
unsafe fn DefaultHandler(number: i16) {
    if number == ALARM as i16 {
        clock::on_alarm();
    } else {
        end(Trouble::Fault, format_args!("nobody expects the interrupt {number}"));
    }
}

#[exception]
unsafe fn HardFault(frame: &ExceptionFrame) -> ! {
    let (at, from) = (frame.pc(), frame.lr());
    end(Trouble::Fault, format_args!("a hard fault at {at:#010x}, called from {from:#010x}"))
}
