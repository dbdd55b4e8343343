//! Lays the program out as a board wants it, and says how fast that board counts.

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=memory");
    let target = env::var("TARGET").expect("cargo sets it");
    let is_riscv = target.starts_with("riscv32");
    let memory = if is_riscv { "riscv32" } else { "cortex-m" };
    println!("cargo::rustc-link-search={}/memory/{memory}", env!("CARGO_MANIFEST_DIR"));
    // The script of cortex-m-rt includes this one by itself.
    if is_riscv {
        println!("cargo::rustc-link-arg-bins=-Tmemory.x");
    }
    println!("cargo::rustc-link-arg-bins=-Tlink.x");
    // Without it the linker rounds segments up to pages, of which a board has none.
    println!("cargo::rustc-link-arg-bins=--nmagic");
    // The timer of a `virt`, or the processor of a microbit or of an MPS2.
    let mhz = match target.as_str() {
        "riscv32imac-unknown-none-elf" => 10,
        "thumbv6m-none-eabi" => 16,
        _ => 25,
    };
    println!("cargo::rustc-env=CLOCK_MHZ={mhz}");
}
