//! Lays the program out as the chip wants it.

fn main() {
    println!("cargo::rustc-link-arg-bins=-Tlink.x");
    // Without it the linker rounds segments up to pages, of which a board has none.
    println!("cargo::rustc-link-arg-bins=--nmagic");
}
