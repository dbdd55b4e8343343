//! The gate `bare`: the first commands of README.md work in a fresh clone, with a stable toolchain and nothing else.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::{env, fs, io};

use crate::run::{cannot_start, command, output, succeed};
use crate::{Result, readme};

/// The two commands that a reader tries first: the matrix, and all tests.
const COMMANDS: [&str; 2] = ["cargo run --release", "cargo test --workspace"];

/// What both must print.
const SKIPPED: &str = "not run on cortex-m0, cortex-m3, cortex-m4f, cortex-m33, riscv32, riscv32imc, rtic, \
     for lack of the Rust target";

/// Unoptimised, with neither debug information nor a state to build on later, which takes a third of the time and half of the
/// space. The gate `matrix` runs the optimised program.
const FAST: [(&str, &str); 4] = [
    ("CARGO_INCREMENTAL", "0"),
    ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0"),
    ("CARGO_PROFILE_RELEASE_DEBUG", "0"),
    ("CARGO_PROFILE_DEV_DEBUG", "0"),
];

pub(crate) fn check(scratch: &Path) -> Result {
    let first = readme::commands(&readme::read()?).into_iter().next().unwrap_or_default();
    if first != COMMANDS {
        return Err(format!("the first commands in {} must be {COMMANDS:?}", readme::FILE));
    }
    if !output(&mut command("git", &["status", "--porcelain"]))?.is_empty() {
        println!("this does not check the changes that are not committed");
    }
    let clone = scratch.join("clone");
    succeed(command("git", &["clone", "--quiet", "."]).arg(&clone))?;
    let path = machine(scratch)
        .map_err(|error| format!("cannot make a bare machine in {}: {error}", scratch.display()))?;
    // A target folder of its own: cargo does not tell two checkouts apart that share one.
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| "target".into(), PathBuf::from);
    let target = env::current_dir().map_err(|error| error.to_string())?.join(target).join("bare");
    for line in COMMANDS {
        println!("$ {line}");
        if !prints(line, &clone, &path, &target)? {
            return Err(format!("`{line}` does not print that it skips the boards"));
        }
    }
    Ok(())
}

/// Runs the command on the bare machine. Shows what it says, and tells whether it says what was skipped.
fn prints(line: &str, clone: &Path, path: &Path, target: &Path) -> Result<bool> {
    let mut command = command("bash", &["-c", &format!("exec 2>&1; {line}")]);
    command.current_dir(clone).stdout(Stdio::piped());
    for (name, _) in env::vars_os().filter(|(name, _)| is_of_the_outside(name)) {
        command.env_remove(name);
    }
    command.env("PATH", path).env("CARGO_TARGET_DIR", target).envs(FAST);
    let mut child = command.spawn().map_err(|error| cannot_start(&command, &error))?;
    let mut seen = false;
    for said in BufReader::new(child.stdout.take().expect("it is piped")).split(b'\n') {
        let said = said.map_err(|error| format!("cannot read what `{line}` prints: {error}"))?;
        let said = String::from_utf8_lossy(&said);
        println!("{said}");
        seen |= said.contains(SKIPPED);
    }
    let status = child.wait().map_err(|error| error.to_string())?;
    if status.success() { Ok(seen) } else { Err(format!("`{line}` failed: {status}")) }
}

/// Variables that name a toolchain, or that cargo has set for this program.
fn is_of_the_outside(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    let names = ["CARGO", "CARGO_MANIFEST_DIR", "CARGO_MANIFEST_PATH", "RUSTC", "RUSTDOC"];
    let starts = ["CARGO_PKG_", "RUSTUP_", "ANYTEMPO_"];
    names.contains(&&*name) || starts.iter().any(|start| name.starts_with(start))
}

/// Makes the two folders of a bare machine, and gives the one for `PATH`: links to all programs but QEMU and rustup, and a
/// toolchain that can compile for the host only.
fn machine(scratch: &Path) -> io::Result<PathBuf> {
    let printed =
        |arguments: &[&str]| output(&mut command("rustc", arguments)).map_err(io::Error::other);
    let sysroot = PathBuf::from(printed(&["--print", "sysroot"])?.trim_end());
    let host = printed(&["-vV"])?;
    let host = host.lines().find_map(|line| line.strip_prefix("host: ")).unwrap_or_default();
    let (path, bare) = (scratch.join("path"), scratch.join("sysroot"));
    let rustlib = Path::new("lib/rustlib").join(host);
    fs::create_dir_all(&path)?;
    fs::create_dir_all(bare.join("lib/rustlib"))?;
    symlink(sysroot.join(&rustlib), bare.join(&rustlib))?;

    let outside = env::var_os("PATH").unwrap_or_default();
    let mut known = HashSet::new();
    // A folder that cannot be read has no programs. The first of several with one name counts, as in `PATH`.
    for entry in env::split_paths(&outside).filter_map(|it| fs::read_dir(it).ok()).flatten() {
        let entry = entry?;
        let name = entry.file_name();
        if is_on_a_bare_machine(&name.to_string_lossy()) && known.insert(name) {
            symlink(entry.path(), path.join(entry.file_name()))?;
        }
    }
    symlink(sysroot.join("bin/cargo"), path.join("cargo"))?;
    for program in ["rustc", "rustdoc"] {
        let real = sysroot.join("bin").join(program);
        let script =
            format!("#!/bin/sh\nexec '{}' --sysroot '{}' \"$@\"\n", real.display(), bare.display());
        fs::write(path.join(program), script)?;
        fs::set_permissions(path.join(program), fs::Permissions::from_mode(0o755))?;
    }
    Ok(path)
}

fn is_on_a_bare_machine(program: &str) -> bool {
    !["qemu", "cargo", "rust"].iter().any(|start| program.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_machine_has_neither_rustup_nor_qemu() {
        let missing = ["qemu-system-arm", "rustup", "rustc", "cargo-clippy"];
        assert!(missing.iter().all(|it| !is_on_a_bare_machine(it)));
        assert!(is_on_a_bare_machine("cc") && is_on_a_bare_machine("git"));
    }

    #[test]
    fn what_cargo_sets_does_not_reach_it() {
        let of_the_outside = |name: &str| is_of_the_outside(OsStr::new(name));
        let gone = ["CARGO", "CARGO_PKG_NAME", "RUSTUP_TOOLCHAIN", "ANYTEMPO_ALL_BOARDS"];
        assert!(gone.iter().all(|it| of_the_outside(it)));
        assert!(
            ["CARGO_HOME", "CARGO_NET_RETRY", "HOME", "PATH"].iter().all(|it| !of_the_outside(it))
        );
    }
}
