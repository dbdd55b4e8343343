//! What the programs need of a machine with threads and a file system.

mod count;
mod files;

pub use files::{HostFiles, Pool};

use std::path::PathBuf;

/// A program and its arguments, as a person gives them to a host.
pub type Command = super::Command<Vec<PathBuf>>;

impl Command {
    /// The same, where files are counted by workers of `pool`.
    pub fn counted_by<P: Pool + Unpin>(self, pool: P) -> super::Command<HostFiles<P>> {
        self.map(|paths| HostFiles::new(paths, pool))
    }
}
