//! Lays a program out as a board wants it.

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=memory");
    let is_riscv = env::var("TARGET").is_ok_and(|target| target.starts_with("riscv32"));
    let memory = if is_riscv { "riscv32" } else { "cortex-m" };
    println!("cargo::rustc-link-search={}/memory/{memory}", env!("CARGO_MANIFEST_DIR"));
    // The script of cortex-m-rt includes this one by itself.
    if is_riscv {
        println!("cargo::rustc-link-arg-bins=-Tmemory.x");
    }
    println!("cargo::rustc-link-arg-bins=-Tlink.x");
    // Without it the linker rounds segments up to pages, of which a board has none.
    println!("cargo::rustc-link-arg-bins=--nmagic");
}
