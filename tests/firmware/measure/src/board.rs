//! The boards, and running a program on one of them, in an emulator.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::Result;

pub(crate) struct Board {
    /// The program that emulates it.
    emulator: &'static str,
    /// As the emulator calls it.
    pub(crate) machine: &'static str,
    /// What the emulator has to be told beside that.
    options: &'static [&'static str],
    pub(crate) processor: &'static str,
    pub(crate) target: &'static str,
}

pub(crate) const BOARDS: [Board; 4] = [
    Board::cortex_m("microbit", "Cortex-M0", "thumbv6m-none-eabi"),
    Board::cortex_m("mps2-an385", "Cortex-M3", "thumbv7m-none-eabi"),
    Board::cortex_m("mps2-an386", "Cortex-M4F", "thumbv7em-none-eabihf"),
    Board {
        emulator: "qemu-system-riscv32",
        machine: "virt",
        // Without the firmware that it would bring along.
        options: &["-bios", "none", "-m", "16M"],
        processor: "RISC-V",
        target: "riscv32imac-unknown-none-elf",
    },
];

/// Each instruction takes 1024 ns, so that the counter of the slowest board can tell one from the next.
const SLOW: u32 = 10;

impl Board {
    const fn cortex_m(
        machine: &'static str,
        processor: &'static str,
        target: &'static str,
    ) -> Self {
        Self { emulator: "qemu-system-arm", machine, options: &[], processor, target }
    }

    /// Runs a program to its end, and gives the words that it wrote, each a line in hexadecimal.
    pub(crate) fn run(&self, program: &Path) -> Result<Vec<u32>> {
        let word = |line| {
            u32::from_str_radix(line, 16).map_err(|_| {
                format!("{} on {} said {line:?}", program.display(), self.machine).into()
            })
        };
        self.output(program, SLOW)?.lines().map(word).collect()
    }

    /// Runs a program to its end, and gives what it wrote. An instruction takes two to the power of `shift` nanoseconds.
    pub(crate) fn output(&self, program: &Path, shift: u32) -> Result<String> {
        Ok(String::from_utf8_lossy(&self.bytes(program, shift)?).into_owned())
    }

    /// As [`output`](Self::output), where it is no text.
    pub(crate) fn bytes(&self, program: &Path, shift: u32) -> Result<Vec<u8>> {
        let output = Command::new("timeout")
            .args(["20", self.emulator, "-machine", self.machine])
            .args(self.options)
            .args(["-display", "none", "-serial", "null", "-monitor", "none"])
            .args(["-chardev", "stdio,id=out"])
            .args(["-semihosting-config", "enable=on,target=native,chardev=out"])
            // A processor that sleeps goes to its next event at once.
            .args(["-icount", &format!("shift={shift},sleep=off"), "-kernel"])
            .arg(program)
            .stdin(Stdio::null())
            .output()
            .map_err(|error| format!("{} could not be run: {error}", self.emulator))?;
        if !output.status.success() {
            let text = String::from_utf8_lossy(&output.stdout);
            let trouble = String::from_utf8_lossy(&output.stderr);
            return Err(format!(
                "{} on {}: {}\n{text}{trouble}",
                program.display(),
                self.machine,
                output.status
            )
            .into());
        }
        Ok(output.stdout)
    }
}
