//! Lays the programs out for a Cortex-M0, with the strings of defmt left on the host.

fn main() {
    println!("cargo::rustc-link-search={}/../sizes/memory/cortex-m", env!("CARGO_MANIFEST_DIR"));
    // Without the last one the linker rounds segments up to pages, of which a board has none.
    for argument in ["-Tlink.x", "-Tdefmt.x", "--nmagic"] {
        println!("cargo::rustc-link-arg-bins={argument}");
    }
}
