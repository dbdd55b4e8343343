//! The boards, and running a program on one of them, in an emulator.

use std::path::Path;
use std::process::Command;

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

impl Board {
    /// Runs a program to its end, and gives the words that it wrote, each a line in hexadecimal.
    pub(crate) fn run(&self, program: &Path) -> Result<Vec<u32>> {
        let output = Command::new("timeout")
            .args(["20", "qemu-system-arm", "-machine", self.machine])
            .args(["-display", "none", "-serial", "null", "-monitor", "none"])
            .args(["-chardev", "stdio,id=out"])
            .args(["-semihosting-config", "enable=on,target=native,chardev=out"])
            // Each instruction takes 1024 ns, and a processor that sleeps goes to its next event at once.
            .args(["-icount", "shift=10,sleep=off", "-kernel"])
            .arg(program)
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
        text.lines()
            .map(|line| {
                u32::from_str_radix(line, 16).map_err(|_| {
                    format!("{} on {} said {line:?}", program.display(), self.machine).into()
                })
            })
            .collect()
    }
}
