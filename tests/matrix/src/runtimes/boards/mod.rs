//! Boards, emulated: embassy and RTIC on real instruction sets, where there is no operating system.
//!
//! What runs on them is `tests/firmware/boards`, and `tests/firmware/rtic`. Here it is built, started, listened to, and ended when it hangs.

mod emulator;
mod firmware;
mod words;

use core::time::Duration;
use std::io;
use std::sync::OnceLock;

use crate::bench::{Job, Sample};
use crate::programs::Sink;
use crate::programs::host::Command;
use crate::runtimes::embassy::Embassy;
use crate::runtimes::futures_timer::Helper;
use crate::runtimes::{RunError, SharedSink};
use crate::words::plain;
use anytempo_conformance::harness::{Promise, case_limit, default_limit};
use anytempo_conformance::suite::{self, Clock, Part, Runtime};

pub use firmware::Rate;

/// A board: a processor, and an emulator of a machine that has it.
#[derive(Debug)]
pub struct Board {
    /// What `--on` calls it.
    pub name: &'static str,
    /// What rustc calls it.
    target: &'static str,
    /// The program, and what it is to be.
    emulator: &'static str,
    machine: &'static [&'static str],
    /// Whether it has room for one part of the suite at a time only.
    is_small: bool,
    /// Whether it runs RTIC, and not embassy.
    is_rtic: bool,
    lack: OnceLock<Option<String>>,
    firmware: [OnceLock<Result<firmware::File, String>>; 6],
}

/// Every board there is.
pub static BOARDS: [Board; 6] = [
    Board::new("cortex-m0", "thumbv6m-none-eabi", "qemu-system-arm", &["-machine", "microbit"])
        .small(),
    Board::new("cortex-m3", "thumbv7m-none-eabi", "qemu-system-arm", &["-machine", "mps2-an385"]),
    Board::new(
        "cortex-m4f",
        "thumbv7em-none-eabihf",
        "qemu-system-arm",
        &["-machine", "mps2-an386"],
    ),
    Board::new(
        "cortex-m33",
        "thumbv8m.main-none-eabihf",
        "qemu-system-arm",
        &["-machine", "mps2-an505"],
    ),
    Board::new(
        "riscv32",
        "riscv32imac-unknown-none-elf",
        "qemu-system-riscv32",
        &["-machine", "virt", "-bios", "none", "-m", "16M"],
    ),
    // Without atomic instructions: with them, one that should not be there would pass unseen.
    Board::new(
        "riscv32imc",
        "riscv32imc-unknown-none-elf",
        "qemu-system-riscv32",
        &["-machine", "virt", "-cpu", "rv32,a=off,f=off,d=off", "-bios", "none", "-m", "16M"],
    ),
];

/// RTIC on a Cortex-M3, on its SysTick monotonic.
pub static RTIC: Board =
    Board::new("rtic", "thumbv7m-none-eabi", "qemu-system-arm", &["-machine", "mps2-an385"]).rtic();

/// How long a board may say nothing. It sleeps in no time, so that only what computes for so long is stopped for no reason.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// What a run on a board has come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// All is well.
    Right,
    /// A case has failed: here is how.
    Broken(String),
    /// The board cannot do what it was told to: here is why.
    Refused(String),
    /// A panic, a fault, a hang, or an emulator that does not work: here is which.
    Failed(String),
}

impl Board {
    const fn new(
        name: &'static str,
        target: &'static str,
        emulator: &'static str,
        machine: &'static [&'static str],
    ) -> Self {
        Self {
            name,
            target,
            emulator,
            machine,
            is_small: false,
            is_rtic: false,
            lack: OnceLock::new(),
            firmware: [const { OnceLock::new() }; 6],
        }
    }

    const fn rtic(mut self) -> Self {
        self.is_rtic = true;
        self
    }

    const fn small(mut self) -> Self {
        self.is_small = true;
        self
    }

    /// What this machine lacks to emulate the board, in words; `None` if it has all.
    pub fn lack(&self) -> Option<&str> {
        let lack = self.lack.get_or_init(|| {
            // Miri starts no other programs, not even to see whether they are there.
            if cfg!(miri) {
                return Some("a way out of Miri".into());
            }
            if !firmware::has_target(self.target) {
                return Some(format!("the Rust target {}", self.target));
            }
            (!emulator::is_there(self.emulator)).then(|| format!("the program {}", self.emulator))
        });
        lack.as_deref()
    }

    /// Builds what runs on the board, unless it has been built. If that fails, each run will say so.
    pub fn prepare(&self) {
        for part in [Part::Waits, Part::Operators, Part::Bodies] {
            let _ = self.firmware(Rate::Even, part);
        }
    }

    fn firmware(&self, rate: Rate, part: Part) -> Result<&firmware::File, String> {
        // RTIC's clock has one rate.
        let rate = if self.is_rtic { Rate::Even } else { rate };
        let part = self.is_small.then_some(part);
        let file = &self.firmware[3 * rate as usize + part.map_or(0, |part| part as usize)];
        file.get_or_init(|| match self.is_rtic {
            true => firmware::build_rtic(self.target),
            false => firmware::build(self.target, rate, part),
        })
        .as_ref()
        .map_err(String::clone)
    }

    /// Starts the board with a command, in the words that `tests/firmware/boards/src/command.rs` lists, and calls `line` with
    /// each line that it says.
    pub fn run(
        &self,
        rate: Rate,
        command: &str,
        patience: Duration,
        line: impl FnMut(&str) -> Result<(), String>,
    ) -> End {
        // Everything but cases is in each of them.
        self.run_with(Part::Waits, rate, command, patience, line)
    }

    fn run_with(
        &self,
        part: Part,
        rate: Rate,
        command: &str,
        patience: Duration,
        line: impl FnMut(&str) -> Result<(), String>,
    ) -> End {
        if let Some(lack) = self.lack() {
            return End::Failed(format!("{lack} is missing on this machine"));
        }
        match self.firmware(rate, part) {
            Ok(file) => emulator::run(self, file, command, patience, line),
            Err(error) => End::Failed(error),
        }
    }

    /// Runs a program.
    pub(super) fn program(&self, command: Command, mut sink: SharedSink) -> Result<(), RunError> {
        let unwritable = |error: io::Error| {
            RunError::new(format!("the list of files cannot be written: {}", plain(&error)))
        };
        let (command, _list) = words::command(command).map_err(unwritable)?;
        let end = self.run(Rate::Even, &command, PATIENCE, |line| {
            let (t_us, event) = words::event(line)?;
            sink.event(t_us, event.as_ref());
            sink.pause();
            Ok(())
        });
        match end {
            End::Right => Ok(()),
            End::Refused(why) => Err(RunError::refusal(why)),
            End::Broken(why) | End::Failed(why) => Err(RunError::new(why)),
        }
    }

    /// Tries a case. The error says how it has failed.
    fn case(&self, part: Part, rate: Rate, name: &str) -> Result<(), String> {
        let mut is_kept = false;
        let limit = case_limit().ok().flatten().unwrap_or(default_limit(Clock::Real));
        let end = self.run_with(part, rate, &format!("case {name}"), limit, |line| {
            is_kept = line == "kept";
            Ok(())
        });
        match end {
            End::Right if is_kept => Ok(()),
            End::Right => Err("the board has not said how it went".into()),
            End::Broken(why) | End::Refused(why) | End::Failed(why) => Err(why),
        }
    }

    /// Every case that needs no host. What embassy cannot keep on a host it cannot keep on a board.
    pub(super) fn promises(&'static self) -> Vec<Promise> {
        self.promises_at(Rate::Even)
    }

    /// As for the matrix, at any rate.
    pub fn promises_at(&'static self, rate: Rate) -> Vec<Promise> {
        if self.is_rtic {
            self.promises_of::<Helper>(rate)
        } else {
            self.promises_of::<Embassy>(rate)
        }
    }

    /// With the allowances of this runtime of the host. RTIC has none, and neither has the helper.
    fn promises_of<R: Runtime + 'static>(&'static self, rate: Rate) -> Vec<Promise> {
        let mut promises = Vec::new();
        suite::each::<R>(|case| {
            if !case.needs_host {
                let name = format!("{}::{}", case.group, case.name);
                promises.push(Promise::elsewhere(case, move || self.case(case.part, rate, &name)));
            }
        });
        promises
    }
}

/// There is none: CPU time and lateness on an emulator say nothing about a board.
pub(super) fn no_benchmark(_: &Job) -> Result<Sample, RunError> {
    Err(RunError::new("a board has no benchmark"))
}
