//! An RTIC application that runs one program, or one case of the suite, and tells the host how it went.
//!
//! The host gives the command, and reads what is said, as with the other boards: all that is not about embassy is theirs.
#![no_std]
#![no_main]

#[path = "../../boards/src/cases.rs"]
mod cases;
#[path = "../../boards/src/command.rs"]
mod command;
#[path = "../../boards/src/files.rs"]
mod files;
#[path = "../../boards/src/output.rs"]
mod output;
#[expect(dead_code, reason = "only the clock of the other boards knows how long a wait is")]
#[path = "../../boards/src/trouble.rs"]
mod trouble;

mod device;
mod executor;

use anytempo_matrix::programs;
use anytempo_rtic::RticTimer;
use cortex_m_rt::{ExceptionFrame, exception};
use rtic_monotonics::systick::prelude::*;

use crate::command::Command;
use crate::output::{Code, Output};
use crate::trouble::{Trouble, end};

systick_monotonic!(Mono, 1_000);

pub(crate) type BoardTimer = RticTimer<Mono>;
pub(crate) const TIMER: BoardTimer = RticTimer::new();

// As the README of the adapter says.
const _: () = {
    use rtic_monotonics::{rtic_time::timer_queue::Delay, systick::SystickBackend};
    assert!(size_of::<Delay<'static, SystickBackend>>() == 48);
    assert!(size_of::<anytempo_rtic::Sleep<Mono>>() == 64);
    assert!(size_of::<anytempo::future::Sleep<RticTimer<Mono>>>() == 72);
};

#[rtic::app(device = crate::device, peripherals = false, dispatchers = [UART0_RX])]
mod app {
    use super::*;

    #[shared]
    struct Shared {}

    #[local]
    struct Local {}

    #[init]
    fn init(cx: init::Context<'_>) -> (Shared, Local) {
        Mono::start(cx.core.SYST, device::CLOCK_HZ);
        (Shared {}, Local {})
    }

    // Without a sleep: under the emulator, SysTick is too fast for a processor that sleeps.
    #[idle]
    fn idle(_: idle::Context<'_>) -> ! {
        work()
    }

    #[task(priority = 1)]
    async fn task(_: task::Context<'_>) {
        executor::poll().await;
    }
}

/// The idle task.
fn work() -> ! {
    match command::read() {
        Ok(Command::Program(program)) => executor::run(async {
            programs::run(TIMER, program, Output).await;
            Code::RIGHT
        }),
        Ok(Command::Case(name)) => cases::run(name),
        Ok(Command::Fault) => cortex_m::asm::udf(),
        Ok(Command::Panic) => panic!("as it was told to"),
        Ok(Command::Hang) => loop {
            core::hint::spin_loop();
        },
        Ok(Command::Phases | Command::Alarms) => {
            end(Trouble::Refused, format_args!("this is about embassy's clock"))
        }
        Err(refusal) => end(Trouble::Refused, refusal),
    }
}

#[exception]
unsafe fn DefaultHandler(number: i16) {
    end(Trouble::Fault, format_args!("nobody expects the interrupt {number}"));
}

#[exception]
unsafe fn HardFault(frame: &ExceptionFrame) -> ! {
    let (at, from) = (frame.pc(), frame.lr());
    end(Trouble::Fault, format_args!("a hard fault at {at:#010x}, called from {from:#010x}"))
}
