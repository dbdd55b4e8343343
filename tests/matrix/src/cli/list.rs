//! A list of files in a file, as `find -print0` writes it.

use std::ffi::OsString;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use anytempo_matrix::programs::host::is_standard_input;
use anytempo_matrix::stdio;
use anytempo_matrix::words::plain;

use crate::cli::output::Plain;
use crate::cli::refusal::Refusal;

/// The files that are listed in this one, or in the standard input.
pub(super) fn read(list: &Path) -> Result<Vec<PathBuf>, Refusal> {
    let is_standard_input_used = is_standard_input(list);
    let bytes = if is_standard_input_used { standard_input() } else { fs::read(list) };
    let bytes = bytes.map_err(|error| {
        let (list, why) = (list.to_string_lossy(), plain(&error));
        Refusal::wrong(format!("the list of files {} cannot be read: {why}", Plain(&list)))
    })?;
    let files = paths(&bytes);
    if is_standard_input_used && files.iter().any(|path| is_standard_input(path)) {
        return Err(Refusal::misused(
            "the standard input cannot be the list of files and one of the files",
        ));
    }
    Ok(files)
}

fn standard_input() -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    stdio::Input.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Each path ends with a NUL, which the last one need not have.
fn paths(bytes: &[u8]) -> Vec<PathBuf> {
    let paths = bytes.split_inclusive(|byte| *byte == 0);
    paths.map(|path| PathBuf::from(native(path.strip_suffix(b"\0").unwrap_or(path)))).collect()
}

#[cfg(unix)]
fn native(path: &[u8]) -> OsString {
    std::os::unix::ffi::OsStringExt::from_vec(path.to_owned())
}

#[cfg(not(unix))]
fn native(path: &[u8]) -> OsString {
    String::from_utf8_lossy(path).into_owned().into()
}

#[cfg(test)]
mod tests {
    use super::paths;

    #[test]
    fn paths_end_with_nul() {
        let said = |bytes: &[u8]| -> Vec<String> {
            paths(bytes).iter().map(|path| path.to_string_lossy().into_owned()).collect()
        };
        assert_eq!(said(b"a\0b\nc\0"), ["a", "b\nc"]);
        assert_eq!(said(b"a\0b"), ["a", "b"]);
        assert_eq!(said(b"a\0\0b\0"), ["a", "", "b"]);
        assert_eq!(said(b""), [""; 0]);
        assert_eq!(said(b"\0"), [""]);
        assert_eq!(said(b"\0\0"), ["", ""]);
    }
}
