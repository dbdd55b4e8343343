//! What the watcher does, over any timer: [`changes`] in a folder, once for many of them.

#![forbid(unsafe_code)]

use core::pin::pin;
use core::time::Duration;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anytempo::{StreamTimeExt, Timer, generate, next};
use futures_core::Stream;

/// When each file was changed, and its size.
pub type Files = BTreeMap<PathBuf, (Option<SystemTime>, u64)>;

/// How often the files are looked at.
pub const EVERY: Duration = Duration::from_millis(100);

/// How long the files have to be quiet.
pub const QUIET: Duration = Duration::from_millis(300);

/// How long a change has to wait, at most, if there is no end of changes.
pub const AT_MOST: Duration = Duration::from_secs(5);

/// Gives an item after each burst of changes that `scan` sees.
///
/// A build tool writes many files in a moment, and an editor writes one file several times. A command that ran for each of these
/// changes would run on half of them. So there is one item when nothing has changed for [`QUIET`], or [`AT_MOST`] after the
/// first change.
pub fn changes<T: Timer + Clone>(
    timer: T,
    scan: impl AsyncFnMut() -> Files,
) -> impl Stream<Item = ()> {
    each_change(timer.clone(), scan).debounce(timer, QUIET).at_most(AT_MOST)
}

fn each_change<T: Timer>(timer: T, mut scan: impl AsyncFnMut() -> Files) -> impl Stream<Item = ()> {
    generate(async move |mut changes| {
        let mut before = scan().await;
        // A scan that takes longer than the period leaves ticks out, and does not run twice in a row.
        let mut ticks = pin!(timer.interval_after(EVERY, EVERY));
        while next(&mut ticks).await.is_some() {
            let now = scan().await;
            if now != before {
                changes.emit(()).await;
            }
            before = now;
        }
    })
}

/// Looks at all files in a folder and in those below it. What vanishes meanwhile is left out, as is what cannot be read.
pub fn scan(folder: &Path) -> Files {
    let mut files = Files::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            match entry.metadata() {
                Ok(it) if it.is_dir() => folders.push(entry.path()),
                Ok(it) => drop(files.insert(entry.path(), (it.modified().ok(), it.len()))),
                Err(_) => {}
            }
        }
    }
    files
}
