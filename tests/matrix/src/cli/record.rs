//! Files that are written when everything has run.

use std::fs::{self, File, Metadata};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anytempo_matrix::words::plain;

use crate::cli::output::Plain;
use crate::cli::refusal::Refusal;

/// A file that will be written, if there is to be one.
#[derive(Debug)]
pub(super) struct Record<'a>(Option<(&'a Path, File)>);

impl<'a> Record<'a> {
    /// Makes the files that the options name. From now on they are empty, so that nobody takes an older one for the outcome
    /// of a run that was interrupted.
    ///
    /// # Errors
    ///
    /// If a file cannot be written, or is another output too, by whatever name. Then none is changed, and none is left that
    /// was not there before.
    pub(super) fn open<const N: usize>(
        wanted: [(&'static str, Option<&'a Path>); N],
    ) -> Result<[Self; N], Refusal> {
        // What is there already is compared before anything is opened: to open a pipe is to wait for its reader.
        let mut outputs = Outputs::new();
        for (option, path) in wanted {
            let there = path.and_then(|path| Some((path, fs::metadata(path).ok()?)));
            if let Some(identity) = there.and_then(|(path, it)| identity(&it, path).ok()) {
                outputs.add(option, identity)?;
            }
        }
        let mut made = Made(Vec::new());
        let mut outputs = Outputs::new();
        let mut records = wanted.map(|_| Self(None));
        for ((option, path), record) in wanted.into_iter().zip(&mut records) {
            let Some(path) = path else { continue };
            let wrong = |error| Refusal::wrong(sentence(path, &error));
            let file = made.open(path).map_err(wrong)?;
            let metadata = file.metadata().map_err(wrong)?;
            outputs.add(option, identity(&metadata, path).map_err(wrong)?)?;
            record.0 = Some((path, file));
        }
        made.0.clear();
        for (path, file) in records.iter().flat_map(|record| &record.0) {
            // A pipe or a device has no length.
            if file.metadata().is_ok_and(|it| it.is_file()) {
                file.set_len(0).map_err(|error| Refusal::wrong(sentence(path, &error)))?;
            }
        }
        Ok(records)
    }

    pub(super) fn write(
        &mut self,
        content: impl FnOnce(&mut BufWriter<&mut File>) -> io::Result<()>,
    ) -> Result<(), String> {
        let Some((path, file)) = &mut self.0 else { return Ok(()) };
        let mut out = BufWriter::new(file);
        content(&mut out).and_then(|()| out.flush()).map_err(|error| sentence(path, &error))
    }
}

/// What is written, by the names that a person knows it by.
struct Outputs(Vec<(&'static str, Identity)>);

impl Outputs {
    fn new() -> Self {
        Self(Vec::from_iter(standard_output().map(|it| ("the standard output", it))))
    }

    /// Adds an output. The error is that it is another one too.
    fn add(&mut self, option: &'static str, identity: Identity) -> Result<(), Refusal> {
        if let Some((other, _)) = self.0.iter().find(|(_, it)| *it == identity) {
            let sentence = format!("{other} and {option} cannot write the same file");
            return Err(Refusal::misused(sentence));
        }
        self.0.push((option, identity));
        Ok(())
    }
}

/// The files that were not there before. They are removed again, unless they are taken out.
struct Made(Vec<PathBuf>);

impl Made {
    /// Opens a file without a change to what is in it.
    fn open(&mut self, path: &Path) -> io::Result<File> {
        let is_new = !path.exists();
        let file = File::options().write(true).create(true).truncate(false).open(path)?;
        if is_new {
            // The path may be a link, which stays.
            self.0.push(path.canonicalize()?);
        }
        Ok(file)
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        for path in &self.0 {
            // If it cannot be removed, an empty file is all that stays.
            let _ = fs::remove_file(path);
        }
    }
}

/// What two names of one file have in common: its place on its device, as a file can have two paths without a link in them.
#[cfg(unix)]
type Identity = (u64, u64);

#[cfg(unix)]
fn identity(metadata: &Metadata, _: &Path) -> io::Result<Identity> {
    use std::os::unix::fs::MetadataExt;
    Ok((metadata.dev(), metadata.ino()))
}

/// That of the standard output, unless it is a device such as a terminal, which may well be written from two places.
#[cfg(unix)]
fn standard_output() -> Option<Identity> {
    use std::os::fd::AsFd;
    use std::os::unix::fs::FileTypeExt;
    let file = File::from(io::stdout().as_fd().try_clone_to_owned().ok()?);
    let metadata = file.metadata().ok()?;
    let is_device = metadata.file_type().is_char_device();
    (!is_device).then(|| identity(&metadata, Path::new("")).ok())?
}

#[cfg(not(unix))]
type Identity = PathBuf;

#[cfg(not(unix))]
fn identity(_: &Metadata, path: &Path) -> io::Result<Identity> {
    path.canonicalize()
}

#[cfg(not(unix))]
fn standard_output() -> Option<Identity> {
    None
}

fn sentence(path: &Path, error: &io::Error) -> String {
    format!("the file {} cannot be written: {}", Plain(&path.to_string_lossy()), plain(error))
}
