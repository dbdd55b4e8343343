use std::env;
use std::path::{Path, PathBuf, absolute};
use std::process::{Command, Stdio};

use anytempo_conformance::suite::Part;

use crate::words::plain;

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
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../firmware/boards");
const RTIC: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../firmware/rtic");

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

/// Builds it, with one part of the suite if the board has no room for all; the error says what is wrong. Nothing happens if it has been built before, and has not changed.
pub(super) fn build(target: &str, rate: Rate, part: Option<Part>) -> Result<File, String> {
    let rate = match rate {
        Rate::Even => "1_000_000",
        Rate::Odd => "32_768",
    };
    let cases = match part {
        None => "waits,operators,bodies",
        Some(Part::Waits) => "waits",
        Some(Part::Operators) => "operators",
        Some(Part::Bodies) => "bodies",
    };
    // One for each, as the files have the same name.
    let place = format!("{rate},{cases}");
    let features = format!("tick-hz-{rate},{cases}");
    cargo(FOLDER, target, &place, &["--no-default-features", "--features", &features], "boards")
}

/// Builds RTIC's, which has room for the whole suite.
pub(super) fn build_rtic(target: &str) -> Result<File, String> {
    cargo(RTIC, target, "rtic", &[], "rtic-board")
}

fn cargo(
    package: &str,
    target: &str,
    place: &str,
    features: &[&str],
    program: &str,
) -> Result<File, String> {
    let all = env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target"), PathBuf::from);
    // cargo runs in another folder.
    let all =
        absolute(all).map_err(|error| format!("there is no current folder: {}", plain(&error)))?;
    let folder = all.join("firmware").join(place);
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let built = Command::new(cargo)
        .args(["build", "--release", "--locked", "--quiet", "--target", target])
        .args(features)
        .arg("--target-dir")
        .arg(&folder)
        .current_dir(package)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| {
            format!("cargo cannot be started to build for {target}: {}", plain(&error))
        })?;
    if !built.status.success() {
        let said = String::from_utf8_lossy(&built.stderr);
        return Err(format!("what runs on the board cannot be built for {target}:\n{said}"));
    }
    Ok(File(folder.join(target).join("release").join(program)))
}
