use core::time::Duration;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tempfile::TempDir;

use crate::matrix::check::Expected;
use crate::programs::Event;
use crate::programs::host::Command;

/// A few files of every kind, in a folder that is removed with the last clone.
#[derive(Clone, Debug)]
pub(super) struct Tree(Arc<TempDir>);

impl Tree {
    pub(super) fn new() -> io::Result<Self> {
        let folder = TempDir::new()?;
        for (name, content, _) in files() {
            fs::write(folder.path().join(name), content)?;
        }
        fs::create_dir(folder.path().join(FOLDER))?;
        Ok(Self(Arc::new(folder)))
    }

    /// The command that counts all of it, and what it should report.
    pub(super) fn run(&self) -> (Command, Expected) {
        let mut events: Vec<Event<String>> = Vec::new();
        let mut total = 0;
        for (name, _, newlines) in files() {
            total += newlines;
            events.push(Event::File { path: said(&self.path(name)), newlines });
        }
        for (name, message) in
            [(MISSING, "there is no such file"), (FOLDER, "this is a directory, not a file")]
        {
            let path = said(&self.path(name));
            events.push(Event::Error { path, message: message.into() });
        }
        events.push(Event::Total { newlines: total });

        let paths = files().map(|(name, ..)| name).into_iter().chain([MISSING, FOLDER]);
        let files = paths.map(|name| self.path(name)).collect();
        let events = events.into_iter().map(|event| (Duration::ZERO, event)).collect();
        (Command::Lines { files }, Expected { events, any_order: true, operation: None })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
}

fn said(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

const MISSING: &str = "missing";
const FOLDER: &str = "folder";

/// The name of each file, what is in it, and how many newlines that is.
fn files() -> [(&'static str, Vec<u8>, u64); 6] {
    [
        ("empty", Vec::new(), 0),
        ("unix", b"one\ntwo\nthree\n".to_vec(), 3),
        ("windows", b"one\r\ntwo\r\n".to_vec(), 2),
        ("no newline at the end", b"one\ntwo".to_vec(), 1),
        ("binary", (0..=255).cycle().take(256 * 7).collect(), 7),
        // More than a worker has in memory at once.
        ("large", b"0123456789abcde\n".repeat(40_000), 40_000),
    ]
}
