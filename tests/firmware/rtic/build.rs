use std::{env, fs, path::Path};

fn main() {
    println!("cargo::rerun-if-changed=memory.x");
    println!("cargo::rerun-if-changed=device.x");
    let folder = env::var("OUT_DIR").expect("cargo sets it");
    for script in ["memory.x", "device.x"] {
        fs::copy(script, Path::new(&folder).join(script)).expect("the script can be copied");
    }
    println!("cargo::rustc-link-search={folder}");
    println!("cargo::rustc-link-arg-bins=-Tlink.x");
}
