//! A board that runs one program, or one case of the suite, and tells the host how it went.
//!
//! The host gives the command by semihosting, and reads what [`output`] prints: lines of words, for a person as much as for
//! the program `anytempo`. Programs and cases are those that run on hosts: here is only what a board needs to run them.
#![no_std]
#![no_main]

mod alarms;
mod board;
mod cases;
mod clock;
mod command;
mod executor;
mod files;
mod output;
mod phases;
mod trouble;

use anytempo_embassy::EmbassyTimer;
use anytempo_matrix::programs;

use crate::command::Command;
use crate::output::{Code, Output};
use crate::trouble::{Trouble, end};

pub(crate) type BoardTimer = EmbassyTimer;
pub(crate) const TIMER: BoardTimer = EmbassyTimer;

/// Where each board comes to, once it has memory.
fn main() -> ! {
    clock::start();
    match command::read() {
        Ok(Command::Program(program)) => executor::run(async {
            programs::run(TIMER, program, Output).await;
            Code::RIGHT
        }),
        Ok(Command::Case(name)) => cases::run(name),
        Ok(Command::Alarms) => executor::run(alarms::run()),
        Ok(Command::Phases) => executor::run(phases::run()),
        Ok(Command::Fault) => board::undefined_instruction(),
        Ok(Command::Panic) => panic!("as it was told to"),
        Ok(Command::Hang) => loop {
            core::hint::spin_loop();
        },
        Err(refusal) => end(Trouble::Refused, refusal),
    }
}
