//! Each target is one board: its name becomes a `cfg`, and its memory a linker script.

use std::path::Path;
use std::{env, fs};

const BOARDS: [(&str, &str); 6] = [
    ("thumbv6m-none-eabi", "cortex-m0"),
    ("thumbv7m-none-eabi", "cortex-m3"),
    ("thumbv7em-none-eabihf", "cortex-m4f"),
    ("thumbv8m.main-none-eabihf", "cortex-m33"),
    ("riscv32imac-unknown-none-elf", "riscv32"),
    ("riscv32imc-unknown-none-elf", "riscv32imc"),
];

fn main() {
    println!("cargo::rerun-if-changed=memory");
    let variable = |name| env::var(name).expect("cargo sets it");
    let target = variable("TARGET");
    let Some((_, board)) = BOARDS.into_iter().find(|(known, _)| *known == target) else {
        let targets = BOARDS.map(|(target, _)| target).join(", ");
        println!("cargo::error={target} is no board; build with --target and one of {targets}");
        return;
    };
    println!("cargo::rustc-cfg=board=\"{board}\"");

    let folder = variable("OUT_DIR");
    // Both RISC-V boards are the same machine.
    let memory = if board == "riscv32imc" { "riscv32" } else { board };
    let script = Path::new("memory").join(memory).with_extension("x");
    fs::copy(&script, Path::new(&folder).join("memory.x")).expect("the script can be copied");
    println!("cargo::rustc-link-search={folder}");
    // The script of cortex-m-rt includes this one by itself.
    if target.starts_with("riscv") {
        println!("cargo::rustc-link-arg-bins=-Tmemory.x");
    }
    println!("cargo::rustc-link-arg-bins=-Tlink.x");
}
