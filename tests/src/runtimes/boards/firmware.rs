use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// How often the clock of a board ticks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rate {
    /// At 1 MHz: a tick is a microsecond.
    Even,
    /// At 32,768 Hz, the rate of a watch: hardly any duration comes out even.
    Odd,
}

/// What runs on a board.
#[derive(Clone, Debug)]
pub(super) struct File(pub(super) PathBuf);

/// Where it is made.
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/firmware/boards");

/// Whether rustc can build for this target.
pub(super) fn has_target(target: &str) -> bool {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let folder = Command::new(rustc)
        .args(["--print", "target-libdir", "--target", target])
        .current_dir(FOLDER)
        .stderr(Stdio::null())
        .output();
    folder.is_ok_and(|folder| {
        folder.status.success()
            && Path::new(String::from_utf8_lossy(&folder.stdout).trim()).is_dir()
    })
}

/// Builds it; the error says what is wrong. Nothing happens if it has been built before, and has not changed.
pub(super) fn build(target: &str, rate: Rate) -> Result<File, String> {
    let all = env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../target"), PathBuf::from);
    // One for each rate, as the files have the same name.
    let (folder, features): (_, &[&str]) = match rate {
        Rate::Even => ("1_000_000", &[]),
        Rate::Odd => ("32_768", &["--no-default-features", "--features", "tick-hz-32_768"]),
    };
    let folder = all.join("firmware").join(folder);
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let built = Command::new(cargo)
        .args(["build", "--release", "--locked", "--quiet", "--target", target])
        .args(features)
        .arg("--target-dir")
        .arg(&folder)
        .current_dir(FOLDER)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("cargo cannot be started to build for {target}: {error}"))?;
    if !built.status.success() {
        let said = String::from_utf8_lossy(&built.stderr);
        return Err(format!("what runs on the board cannot be built for {target}:\n{said}"));
    }
    Ok(File(folder.join(target).join("release/boards")))
}
