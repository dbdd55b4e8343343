use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anytempo_matrix::report::{Source, page};
use anytempo_matrix::stdio;
use anytempo_matrix::words::plain;
use tempfile::Builder;

use crate::cli::args::Report;
use crate::cli::merge::quoted;
use crate::cli::refusal::Refusal;
use crate::cli::{RIGHT, written};

/// Makes a page of some files. Results that are failures are shown, and are no failure of this command.
pub(super) fn run(wanted: &Report) -> Result<u8, Refusal> {
    let mut known: Vec<PathBuf> = Vec::new();
    let mut sources = Vec::new();
    for path in &wanted.files {
        sources.push(read(path).map_err(Refusal::wrong)?);
        // A pipe has no place of its own, and is at its end when it is read again.
        let Ok(place) = path.canonicalize() else { continue };
        if known.contains(&place) {
            return Err(Refusal::misused(format!("{} is there twice", quoted(path))));
        }
        known.push(place);
    }
    if wanted.html.canonicalize().is_ok_and(|place| known.contains(&place)) {
        return Err(Refusal::misused(format!(
            "{} is one of the files to read; use another name for --html",
            quoted(&wanted.html)
        )));
    }
    replace(&wanted.html, page(&sources).as_bytes()).map_err(|error| {
        let (path, why) = (quoted(&wanted.html), plain(&error));
        Refusal::wrong(format!("the file {path} cannot be written: {why}"))
    })?;
    // The page may have gone to the standard output, which is then that and nothing else.
    if !wanted.html.is_file() {
        return Ok(RIGHT);
    }
    let (results, failed) = sources.iter().fold((0, 0), |(all, bad), source| {
        let (more, worse) = source.results();
        (all + more, bad + worse)
    });
    let (path, files) = (quoted(&wanted.html), sources.len());
    let said = format!("{path}: {files} files, {results} results of the matrix, {failed} failed\n");
    Ok(written(stdio::Output.write_all(said.as_bytes())).err().unwrap_or(RIGHT))
}

fn read(path: &Path) -> Result<Source, String> {
    let name = quoted(path);
    let text = fs::read(path)
        .map_err(|error| format!("the file {name} cannot be read: {}", plain(&error)))?;
    let text = String::from_utf8(text)
        .map_err(|_| format!("{name} is not UTF-8, so no command of anytempo has written it"))?;
    let shown = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    Source::read(shown, &text).map_err(|error| format!("{name} {error}"))
}

/// Replaces a file once the new one is complete, so no reader sees a part of it. What is not a regular file, such as a
/// pipe, cannot be replaced and is written to.
fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let place = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    if fs::metadata(&place).is_ok_and(|it| !it.is_file() && !it.is_dir()) {
        return fs::write(&place, content);
    }
    let folder = match place.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    // Here, because the error would name a temporary file otherwise.
    fs::metadata(folder)?;
    let mut builder = Builder::new();
    builder.prefix(".anytempo-");
    // As any new file, and not for its owner alone.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(content)?;
    file.as_file().sync_all()?;
    file.persist(&place)?;
    Ok(())
}
