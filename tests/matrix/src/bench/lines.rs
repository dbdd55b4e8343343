//! The program `lines` beside `wc -l`.

use core::time::Duration;
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use fastrand::Rng;
use serde::Serialize;
use serde_json::Value;
use tempfile::TempDir;

use crate::bench::child::{self, Ended, finish};
use crate::bench::{Interrupt, Spread, Watch, process};
use crate::words::plain;

/// What both took for the same files.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LinesRow {
    /// What `lines` ran on.
    pub runtime: &'static str,
    /// How many files.
    pub files: usize,
    /// The size of each.
    pub bytes_each: usize,
    /// How many newlines both have found in all of them.
    pub newlines: u64,
    /// The time from the start of the process to its end, round by round.
    pub rounds: Vec<Times>,
    /// The most memory that `lines` had; `None` where the system does not tell.
    pub lines_peak_bytes: Option<u64>,
    /// The most memory that `wc` had.
    pub wc_peak_bytes: Option<u64>,
}

/// One round.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Times {
    /// Of `anytempo lines`.
    pub lines_ns: u64,
    /// Of `wc -l`.
    pub wc_ns: u64,
}

impl LinesRow {
    /// The time of `lines` over that of `wc`, of each round.
    pub fn ratio(&self) -> Option<Spread> {
        Spread::of(self.rounds.iter().map(|times| times.lines_ns as f64 / times.wc_ns as f64))
    }
}

/// Why there are no rows.
pub(super) enum Trouble {
    /// There is nothing to be beside.
    NoPeer(String),
    Run(child::Trouble),
}

impl From<child::Trouble> for Trouble {
    fn from(trouble: child::Trouble) -> Self {
        Self::Run(trouble)
    }
}

/// How long any of them may take.
const LIMIT: Duration = Duration::from_secs(120);

/// As much as is written at once.
const PIECE: usize = 1 << 16;

/// The number of files, and the size of each.
fn shapes(quick: bool) -> [(usize, usize); 2] {
    if quick { [(2000, 4 << 10), (2, 32 << 20)] } else { [(10_000, 4 << 10), (2, 256 << 20)] }
}

/// How many times a step is done: both programs, once to warm up and then round by round.
pub(super) fn steps(rounds: u32) -> usize {
    2 * 2 * (1 + rounds as usize)
}

pub(super) fn run(
    runtime: &'static str,
    quick: bool,
    rounds: u32,
    interrupt: &Interrupt,
    watch: &mut dyn Watch,
) -> Result<Vec<LinesRow>, Trouble> {
    if let Err(error) = Command::new("wc").arg("--help").stdout(Stdio::null()).output() {
        return Err(Trouble::NoPeer(format!(
            "The lines were not counted, as there is no `wc` to be beside: {}.",
            plain(&error)
        )));
    }
    let mut rows = Vec::new();
    for (files, bytes_each) in shapes(quick) {
        watch.next(&format!("{files} files of {} KiB are made", bytes_each >> 10));
        let folder = make(files, bytes_each, interrupt)?;
        let pair = Both { runtime, folder: folder.path(), files, interrupt };
        rows.push(pair.measure(bytes_each, rounds, watch)?);
    }
    Ok(rows)
}

/// Makes the files in a folder of their own, which is removed with what is returned.
fn make(files: usize, bytes_each: usize, interrupt: &Interrupt) -> Result<TempDir, Trouble> {
    let failed = |error: io::Error| {
        let folder = std::env::temp_dir();
        let folder = folder.display();
        child::Trouble::Failed(format!("the files cannot be made in {folder}: {}", plain(&error)))
    };
    let folder = TempDir::with_prefix("anytempo-bench-").map_err(failed)?;
    let mut random = Rng::with_seed(1);
    // Lines of 40 bytes in the mean.
    let mut text: Vec<u8> = (0..PIECE).map(|_| random.u8(b' '..=b'~')).collect();
    let mut at = random.usize(..80);
    while let Some(byte) = text.get_mut(at) {
        *byte = b'\n';
        at += 1 + random.usize(..80);
    }
    for name in names(files) {
        let mut file = File::create(folder.path().join(name)).map_err(failed)?;
        // No two files begin alike.
        text.rotate_left(1);
        let mut left = bytes_each;
        while left > 0 {
            if interrupt.is_wanted() {
                return Err(child::Trouble::Interrupted.into());
            }
            let piece = left.min(PIECE);
            file.write_all(&text[..piece]).map_err(failed)?;
            left -= piece;
        }
    }
    Ok(folder)
}

fn names(files: usize) -> impl Iterator<Item = String> {
    (0..files).map(|index| format!("{index:05}.txt"))
}

/// The two programs, and what they count.
struct Both<'a> {
    runtime: &'static str,
    folder: &'a Path,
    files: usize,
    interrupt: &'a Interrupt,
}

impl Both<'_> {
    fn measure(
        &self,
        bytes_each: usize,
        rounds: u32,
        watch: &mut dyn Watch,
    ) -> Result<LinesRow, Trouble> {
        // The first time the figures do not count, but what is counted does.
        let (mut lines_peak_bytes, mut wc_peak_bytes) = (None, None);
        let lines = self.step("lines", self.lines()?, Some(&mut lines_peak_bytes), watch)?;
        let wc = self.step("wc -l", self.wc(), Some(&mut wc_peak_bytes), watch)?;
        let newlines = match (total_of_lines(&lines.out), total_of_wc(&wc.out)) {
            (Some(lines), Some(wc)) if lines == wc => lines,
            (lines, wc) => {
                let found = |it: Option<u64>| it.map_or("no total".into(), |it| it.to_string());
                let (lines, wc) = (found(lines), found(wc));
                let reason = format!("lines has found {lines}, and wc -l {wc}");
                return Err(child::Trouble::Failed(reason).into());
            }
        };
        let mut times = Vec::new();
        for round in 0..rounds {
            // Which is first changes from round to round.
            times.push(if round.is_multiple_of(2) {
                let lines_ns = self.time("lines", self.lines()?, watch)?;
                Times { lines_ns, wc_ns: self.time("wc -l", self.wc(), watch)? }
            } else {
                let wc_ns = self.time("wc -l", self.wc(), watch)?;
                Times { lines_ns: self.time("lines", self.lines()?, watch)?, wc_ns }
            });
        }
        let (runtime, files) = (self.runtime, self.files);
        Ok(LinesRow {
            runtime,
            files,
            bytes_each,
            newlines,
            rounds: times,
            lines_peak_bytes,
            wc_peak_bytes,
        })
    }

    fn time(&self, name: &str, command: Command, watch: &mut dyn Watch) -> Result<u64, Trouble> {
        let took = self.step(name, command, None, watch)?.took;
        Ok(u64::try_from(took.as_nanos()).unwrap_or(u64::MAX))
    }

    /// Runs one of them. To be asked for the memory it takes some of the time, so that is never measured together.
    fn step(
        &self,
        name: &str,
        mut command: Command,
        peak: Option<&mut Option<u64>>,
        watch: &mut dyn Watch,
    ) -> Result<Ended, Trouble> {
        watch.next(&format!("{name} with {} files", self.files));
        command.args(names(self.files)).current_dir(self.folder);
        let ended = match peak {
            None => finish(command, LIMIT, self.interrupt, None)?,
            Some(peak) => {
                command.stdout(Stdio::piped());
                let mut look = |id| *peak = process::peak_bytes(id).or(*peak);
                finish(command, LIMIT, self.interrupt, Some(&mut look))?
            }
        };
        watch.done();
        if !ended.status.success() {
            let words = String::from_utf8_lossy(&ended.err);
            let words = words.lines().next().unwrap_or_default();
            let reason = format!("{name} failed ({}): {words}", ended.status);
            return Err(child::Trouble::Failed(reason).into());
        }
        Ok(ended)
    }

    fn lines(&self) -> Result<Command, Trouble> {
        let mut command = child::itself()?;
        command.args(["lines", "--format", "json", "--on", self.runtime]).stdout(Stdio::null());
        Ok(command)
    }

    fn wc(&self) -> Command {
        let mut command = Command::new("wc");
        command.arg("-l").stdout(Stdio::null());
        command
    }
}

fn total_of_lines(out: &[u8]) -> Option<u64> {
    let last = out.trim_ascii_end().split(|byte| *byte == b'\n').next_back()?;
    let event: Value = serde_json::from_slice(last).ok()?;
    event["newlines"].as_u64().filter(|_| event["event"] == "total")
}

fn total_of_wc(out: &[u8]) -> Option<u64> {
    let last = out.trim_ascii_end().split(|byte| *byte == b'\n').next_back()?;
    let mut words = core::str::from_utf8(last).ok()?.split_whitespace();
    let number = words.next()?.parse().ok()?;
    (words.next() == Some("total")).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_are_found() {
        let lines = br#"{"runtime":"tokio","t_us":1,"event":"file","path":"a","newlines":3}
{"runtime":"tokio","t_us":2,"event":"total","newlines":7}
"#;
        assert_eq!(total_of_lines(lines), Some(7));
        assert_eq!(total_of_lines(b""), None);
        assert_eq!(total_of_lines(br#"{"event":"file","newlines":3}"#), None);
        assert_eq!(total_of_wc(b"  3 a\n  4 b\n  7 total\n"), Some(7));
        assert_eq!(total_of_wc(b"  3 a\n"), None);
    }

    #[test]
    fn files_are_as_large_as_wanted() {
        let folder = make(3, PIECE + 5, &Interrupt::default()).ok().expect("files can be made");
        let sizes = |name| std::fs::metadata(folder.path().join(name)).map(|it| it.len()).ok();
        for name in names(3) {
            assert_eq!(sizes(name), Some(PIECE as u64 + 5));
        }
        let path = folder.path().to_owned();
        drop(folder);
        assert!(!path.exists());
    }

    #[test]
    fn an_interrupt_leaves_no_file() {
        let interrupt = Interrupt::default();
        interrupt.interrupt();
        let made = make(3, 10, &interrupt);
        assert!(matches!(made, Err(Trouble::Run(child::Trouble::Interrupted))));
    }
}
