//! Lays a program out as a board wants it.

fn main() {
    println!("cargo::rerun-if-changed=memory.x");
    println!("cargo::rustc-link-search={}", env!("CARGO_MANIFEST_DIR"));
    println!("cargo::rustc-link-arg-bins=-Tlink.x");
    // Without it the linker rounds segments up to pages, of which a board has none.
    println!("cargo::rustc-link-arg-bins=--nmagic");
}
