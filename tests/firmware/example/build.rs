//! Lays the program out as a board wants it, and says how fast that board counts.

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=memory.x");
    println!("cargo::rustc-link-search={}", env!("CARGO_MANIFEST_DIR"));
    println!("cargo::rustc-link-arg-bins=-Tlink.x");
    // Without it the linker rounds segments up to pages, of which a board has none.
    println!("cargo::rustc-link-arg-bins=--nmagic");
    // A microbit, or the MPS2.
    let is_microbit = env::var("TARGET").is_ok_and(|target| target.starts_with("thumbv6m"));
    println!("cargo::rustc-env=CORE_MHZ={}", if is_microbit { "16" } else { "25" });
}
