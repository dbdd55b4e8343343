//! What the programs need of a machine with threads and a file system.

mod count;
mod files;
mod queue;

#[cfg(unix)]
pub(crate) use count::is_lack;
pub use files::{HostFiles, Pool, Trouble};

use std::path::{Path, PathBuf};

/// What to do where no thread can be started.
pub(crate) const MORE_THREADS: &str =
    "raise the limit of processes (ulimit -u) or of memory (ulimit -v)";

/// What to do where no file can be opened.
pub(crate) const MORE_FILES: &str = "raise the limit of open files (ulimit -n)";

/// A program and its arguments, as a person gives them to a host.
pub type Command = super::Command<Vec<PathBuf>, String>;

impl Command {
    /// The same, where files are counted by workers of `pool`; and where to see, once it has run, why it has not come to its end.
    pub fn counted_by<P: Pool + Unpin>(
        self,
        pool: P,
    ) -> (super::Command<HostFiles<P>, String>, Trouble) {
        let trouble = Trouble::default();
        let command = self.map(|paths| HostFiles::new(paths, pool, trouble.clone()));
        (command, trouble)
    }

    /// Whether it needs a heap, which boards do not have.
    pub fn allocates(&self) -> bool {
        match self {
            Self::Operators(operation) => operation.operator.allocates(),
            _ => false,
        }
    }

    /// Whether it reads the standard input.
    pub fn reads_standard_input(&self) -> bool {
        match self {
            Self::Lines { files } => files.iter().any(|path| is_standard_input(path)),
            _ => false,
        }
    }
}

/// Whether this is no path, but the usual word for the standard input.
pub fn is_standard_input(path: &Path) -> bool {
    path.as_os_str() == "-"
}
