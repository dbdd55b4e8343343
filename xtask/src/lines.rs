//! The gate `lines`: the program `lines` counts as `wc -l` does, file by file, on every runtime of the host.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::Result;
use crate::run::{command, output, succeed};

/// All but the boards, which would be busy for a quarter of an hour.
const RUNTIMES: [&str; 9] = [
    "tokio",
    "tokio-multi",
    "async-std",
    "smol",
    "embassy",
    "futures-timer",
    "compio",
    "monoio",
    "virtual",
];

/// The most bytes of paths in one command. Every system takes as many.
const ROOM: usize = 100_000;

/// Newlines by path.
type Counts = BTreeMap<String, u64>;

pub(crate) fn check() -> Result {
    let sysroot = output(&mut command("rustc", &["--print", "sysroot"]))?;
    let folder = Path::new(sysroot.trim_end()).join("share/doc");
    let files = files_below(&folder)?;
    let mut expected = Counts::new();
    for batch in batches(&files) {
        expected.append(&mut of_wc(&output(command("wc", &["-l", "--"]).args(batch))?)?);
    }
    println!("{} files below {}", expected.len(), folder.display());
    if expected.is_empty() || expected.len() != files.len() {
        return Err(format!("wc has counted {} of {} files", expected.len(), files.len()));
    }

    succeed(&mut command("cargo", &["build", "--release"]))?;
    let mut counted = BTreeMap::new();
    for batch in batches(&files) {
        let program = ["run", "--release", "--quiet", "--", "lines", "--format", "json", "--on"];
        let on = RUNTIMES.join(",");
        of_program(&output(command("cargo", &program).arg(on).args(batch))?, &mut counted)?;
    }
    for runtime in RUNTIMES {
        compare(runtime, &expected, counted.get(runtime).unwrap_or(&Counts::new()))?;
        println!("{runtime}: equal");
    }
    Ok(())
}

/// Every regular file, at any depth.
fn files_below(folder: &Path) -> Result<Vec<String>> {
    let unreadable = |path: &Path, error| format!("cannot read {}: {error}", path.display());
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).map_err(|error| unreadable(&folder, error))? {
            let entry = entry.map_err(|error| unreadable(&folder, error))?;
            let kind = entry.file_type().map_err(|error| unreadable(&entry.path(), error))?;
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() {
                files.push(utf8(entry.path())?);
            }
        }
    }
    files.sort_unstable();
    Ok(files)
}

fn utf8(path: PathBuf) -> Result<String> {
    path.into_os_string().into_string().map_err(|path| format!("{path:?} is not UTF-8"))
}

/// The paths in parts that fit into one command.
fn batches(files: &[String]) -> impl Iterator<Item = &[String]> {
    let mut rest = files;
    core::iter::from_fn(move || {
        let mut bytes = 0;
        let fits = |file: &&String| {
            bytes += file.len();
            bytes <= ROOM
        };
        // A path that is too long by itself has a part of its own.
        let count = rest.iter().take_while(fits).count().max(1).min(rest.len());
        let (batch, others) = rest.split_at(count);
        rest = others;
        (!batch.is_empty()).then_some(batch)
    })
}

/// What `wc -l` prints: a count and a path on each line, and a last line with the total of several files.
fn of_wc(text: &str) -> Result<Counts> {
    let mut counts = Counts::new();
    for line in text.lines() {
        let (count, path) =
            line.trim_start().split_once(' ').ok_or(format!("wc printed {line}"))?;
        let count = count.parse().map_err(|_| format!("wc printed {line}"))?;
        // The paths are absolute, so none of them is the word of the last line.
        if path != "total" {
            counts.insert(path.to_owned(), count);
        }
    }
    Ok(counts)
}

/// What the program prints, an event on each line. Adds to the counts of each runtime.
fn of_program(text: &str, counted: &mut BTreeMap<String, Counts>) -> Result {
    for line in text.lines() {
        let not_expected = || format!("the program printed {line}");
        let event: Value = serde_json::from_str(line).map_err(|_| not_expected())?;
        let text = |key: &str| event[key].as_str().map(str::to_owned).ok_or_else(not_expected);
        match text("event")?.as_str() {
            "file" => {
                let newlines = event["newlines"].as_u64().ok_or_else(not_expected)?;
                let counts = counted.entry(text("runtime")?).or_default();
                if counts.insert(text("path")?, newlines).is_some() {
                    return Err(format!("the program counted a file twice: {line}"));
                }
            }
            "error" => return Err(not_expected()),
            _ => {}
        }
    }
    Ok(())
}

/// How many differences are shown.
const SHOWN: usize = 10;

fn compare(runtime: &str, expected: &Counts, counted: &Counts) -> Result {
    let count = |counts: &Counts, path: &str| match counts.get(path) {
        Some(count) => count.to_string(),
        None => "nothing".to_owned(),
    };
    let paths: Vec<_> = expected.iter().chain(counted).map(|(path, _)| path).collect();
    let mut different: Vec<_> =
        paths.into_iter().filter(|path| expected.get(*path) != counted.get(*path)).collect();
    different.sort_unstable();
    different.dedup();
    for path in different.iter().take(SHOWN) {
        println!("{path}: wc {}, {runtime} {}", count(expected, path), count(counted, path));
    }
    match different.len() {
        0 => Ok(()),
        many => Err(format!("`anytempo lines` on {runtime} and `wc -l` differ in {many} files")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(counts: &[(&str, u64)]) -> Counts {
        counts.iter().map(|(path, count)| ((*path).to_owned(), *count)).collect()
    }

    #[test]
    fn what_wc_prints() {
        let text = "   12 /a b/c\n    0 /d\n   12 total\n";
        assert_eq!(of_wc(text), Ok(counts(&[("/a b/c", 12), ("/d", 0)])));
        assert!(of_wc("12").is_err() && of_wc("many /a").is_err());
    }

    #[test]
    fn what_the_program_prints() {
        let mut counted = BTreeMap::new();
        let text = r#"{"runtime":"smol","t_us":1,"event":"file","path":"/a \"b\"","newlines":3}
{"runtime":"smol","t_us":2,"event":"total","newlines":3}"#;
        assert_eq!(of_program(text, &mut counted), Ok(()));
        assert_eq!(counted["smol"], counts(&[("/a \"b\"", 3)]));
        assert!(of_program(text, &mut counted).is_err_and(|it| it.contains("twice")));
        let error = r#"{"runtime":"smol","t_us":1,"event":"error","path":"/a","message":"no"}"#;
        assert!(of_program(error, &mut counted).is_err());
        assert!(of_program("panicked", &mut counted).is_err());
    }

    #[test]
    fn every_difference_counts() {
        let expected = counts(&[("/a", 1), ("/b", 2)]);
        assert_eq!(compare("smol", &expected, &expected), Ok(()));
        for wrong in [
            counts(&[("/a", 1), ("/b", 3)]),
            counts(&[("/a", 1)]),
            counts(&[("/a", 1), ("/b", 2), ("/c", 0)]),
        ] {
            let said = "`anytempo lines` on smol and `wc -l` differ in 1 files";
            assert_eq!(compare("smol", &expected, &wrong), Err(said.into()));
        }
    }

    #[test]
    fn batches_have_every_file_once() {
        let files: Vec<String> =
            [10, ROOM, 1, 2 * ROOM, ROOM - 5, 5].map(|len| "x".repeat(len)).into();
        let lengths: Vec<usize> = batches(&files).map(<[String]>::len).collect();
        assert_eq!(lengths, [1, 1, 1, 1, 2]);
        assert_eq!(batches(&[]).count(), 0);
    }
}
