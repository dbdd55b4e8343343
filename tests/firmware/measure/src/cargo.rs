//! Building firmware, from a program for the host.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Result;

/// The folder that this package lies in, and the firmware beside it.
pub(crate) fn firmware() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a package has a folder around it")
}

/// Where builds and tables of this program go: below the target folder of whoever runs it, so that two do not wait for one another.
pub(crate) fn target_dir() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| firmware().join("../../target"), PathBuf::from)
        .join("firmware")
}

/// A build for a board's processor.
pub(crate) enum Build {
    /// Where the programs are.
    Built(PathBuf),
    /// What the compiler and the linker said.
    Refused(String),
}

/// Builds a package in release, with the arguments given.
pub(crate) fn build<I: AsRef<OsStr>>(
    package: &str,
    target: &str,
    arguments: impl IntoIterator<Item = I>,
) -> Result<Build> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .current_dir(firmware().join(package))
        .args(["build", "--release", "--quiet", "--locked", "--target", target, "--target-dir"])
        .arg(target_dir())
        .args(arguments)
        .output()
        .map_err(|error| format!("cargo could not be run: {error}"))?;
    Ok(if output.status.success() {
        Build::Built(target_dir().join(target).join("release"))
    } else {
        Build::Refused(String::from_utf8_lossy(&output.stderr).into_owned())
    })
}

/// Builds a package that has to build, and gives the folder of its programs.
pub(crate) fn built(package: &str, target: &str, arguments: &[&str]) -> Result<PathBuf> {
    match build(package, target, arguments)? {
        Build::Built(folder) => Ok(folder),
        Build::Refused(why) => {
            Err(format!("{package} for {target} could not be built:\n{why}").into())
        }
    }
}
