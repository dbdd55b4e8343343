//! The machine `virt` with a RISC-V processor: the timer that each of these has.

use core::arch::asm;

use riscv::interrupt::Interrupt;
use riscv::register::{mcause, mepc, mie, mstatus, mtval};
use riscv_rt::{TrapFrame, core_interrupt, entry};

use super::Register;
use crate::trouble::{Trouble, end};
use crate::{clock, main};

pub(crate) const HZ: u64 = 10_000_000;
pub(crate) const FARTHEST: u32 = 1 << 31;

const CLINT: usize = 0x0200_0000;
const MTIMECMP: Register = Register(CLINT + 0x4000);
const MTIMECMP_HIGH: Register = Register(CLINT + 0x4004);
const MTIME: Register = Register(CLINT + 0xbff8);
const MTIME_HIGH: Register = Register(CLINT + 0xbffc);

#[entry]
fn begin() -> ! {
    main()
}

pub(crate) fn start() {
    MTIMECMP_HIGH.write(u32::MAX);
    // SAFETY: the handler is below, and nothing relies on interrupts being off so early.
    unsafe {
        mie::set_mtimer();
        mstatus::set_mie();
    }
}

pub(crate) fn count() -> u32 {
    MTIME.read()
}

pub(crate) fn alarm(counts: u32) {
    let (mut high, mut low) = (MTIME_HIGH.read(), MTIME.read());
    if MTIME_HIGH.read() != high {
        // It went up between the two.
        (high, low) = (MTIME_HIGH.read(), MTIME.read());
    }
    let due = (u64::from(high) << 32 | u64::from(low)) + u64::from(counts);
    // Not in between, as half of the new alarm and half of the old one may be past.
    MTIMECMP_HIGH.write(u32::MAX);
    MTIMECMP.write(due as u32);
    MTIMECMP_HIGH.write((due >> 32) as u32);
}

pub(crate) fn wait_for_interrupt() {
    riscv::asm::wfi();
}

pub(crate) fn undefined_instruction() -> ! {
    // SAFETY: it does not return: there is no such instruction.
    unsafe { asm!("unimp", options(noreturn)) }
}

#[core_interrupt(Interrupt::MachineTimer)]
fn on_timer() {
    clock::on_alarm();
}

#[unsafe(export_name = "ExceptionHandler")]
fn on_exception(_: &TrapFrame) -> ! {
    let (cause, at, value) = (mcause::read().code(), mepc::read(), mtval::read());
    end(Trouble::Fault, format_args!("the exception {cause} at {at:#010x}, with {value:#010x}"))
}

#[unsafe(export_name = "DefaultHandler")]
fn on_other_interrupt() {
    let number = mcause::read().code();
    end(Trouble::Fault, format_args!("nobody expects the interrupt {number}"));
}
