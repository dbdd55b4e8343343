//! The boards, and running a program on one of them, in an emulator.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::Result;

pub(crate) struct Board {
    /// As the emulator calls it.
    pub(crate) machine: &'static str,
    pub(crate) processor: &'static str,
    pub(crate) target: &'static str,
}

pub(crate) const BOARDS: [Board; 3] = [
    Board { machine: "microbit", processor: "Cortex-M0", target: "thumbv6m-none-eabi" },
    Board { machine: "mps2-an385", processor: "Cortex-M3", target: "thumbv7m-none-eabi" },
    Board { machine: "mps2-an386", processor: "Cortex-M4F", target: "thumbv7em-none-eabihf" },
];

/// Each instruction takes 1024 ns, so that the counter of the slowest board can tell one from the next.
const SLOW: u32 = 10;

impl Board {
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
        let output = Command::new("timeout")
            .args(["20", "qemu-system-arm", "-machine", self.machine])
            .args(["-display", "none", "-serial", "null", "-monitor", "none"])
            .args(["-chardev", "stdio,id=out"])
            .args(["-semihosting-config", "enable=on,target=native,chardev=out"])
            // A processor that sleeps goes to its next event at once.
            .args(["-icount", &format!("shift={shift},sleep=off"), "-kernel"])
            .arg(program)
            .stdin(Stdio::null())
            .output()
            .map_err(|error| format!("qemu-system-arm could not be run: {error}"))?;
        let text = String::from_utf8_lossy(&output.stdout);
        if !output.status.success() {
            let trouble = String::from_utf8_lossy(&output.stderr);
            return Err(format!(
                "{} on {}: {}\n{text}{trouble}",
                program.display(),
                self.machine,
                output.status
            )
            .into());
        }
        Ok(text.into_owned())
    }
}
