use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;

use crate::run::{BOARDS, HOSTS, all, events, finish, run};

/// What was said of the files: newlines or an error for each path, and the total.
#[derive(Debug, Default, PartialEq)]
struct Counts {
    files: BTreeMap<String, u64>,
    errors: BTreeMap<String, String>,
    total: u64,
}

impl Counts {
    fn file(&mut self, path: &Path, newlines: u64) {
        self.files.insert(path.to_string_lossy().into_owned(), newlines);
        self.total += newlines;
    }

    fn error(&mut self, path: &Path, message: &str) {
        self.errors.insert(path.to_string_lossy().into_owned(), message.to_owned());
    }
}

fn counts(events: &[(u128, Value)]) -> Counts {
    let mut counts = Counts::default();
    let (last, rest) = events.split_last().expect("there are events");
    for (_, event) in rest {
        let text = |key: &str| event[key].as_str().expect("it is a string").to_owned();
        let path = text("path");
        let known = counts.files.contains_key(&path) || counts.errors.contains_key(&path);
        assert!(!known, "{path} was reported twice");
        match text("event").as_str() {
            "file" => {
                counts.files.insert(path, event["newlines"].as_u64().expect("it is a count"));
            }
            "error" => {
                counts.errors.insert(path, text("message"));
            }
            other => panic!("{other} is no event of this program"),
        }
    }
    assert_eq!(last.1["event"], "total");
    counts.total = last.1["newlines"].as_u64().expect("it is a count");
    counts
}

/// Counts on every runtime, each of which should say this.
#[track_caller]
fn says(paths: &[PathBuf], expected: &Counts) {
    let (runtimes, note) = all();
    say(&runtimes, "all", &note, paths, expected);
}

/// As [`says`], for what is too much for a board, or what it cannot see.
#[track_caller]
fn hosts_say(paths: &[PathBuf], expected: &Counts) {
    say(&HOSTS, &HOSTS.join(","), "", paths, expected);
}

#[track_caller]
fn say(runtimes: &[&str], on: &str, note: &str, paths: &[PathBuf], expected: &Counts) {
    let options = ["lines", "--on", on, "--format", "json", "--"].map(PathBuf::from);
    let run = run(options.iter().chain(paths));
    let code = if expected.errors.is_empty() { 0 } else { 1 };
    assert_eq!((run.code, run.err.as_str()), (Some(code), note));
    let seen = events(&run.out);
    assert_eq!(seen.iter().map(|(name, _)| name).collect::<Vec<_>>(), runtimes);
    for (name, events) in seen {
        assert_eq!(&counts(&events), expected, "{name}");
    }
}

/// Bytes that look random, and are the same in every run.
fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut step = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as u8 % 64
    };
    (0..length).map(|_| step()).collect()
}

fn naive(content: &[u8]) -> u64 {
    content.iter().filter(|&&byte| byte == b'\n').count() as u64
}

#[test]
fn every_kind_of_file() {
    let folder = TempDir::new().expect("a folder can be made");
    let mut expected = Counts::default();
    let mut paths = Vec::new();
    let piece = 128 * 1024;
    let files: [(&str, Vec<u8>); 12] = [
        ("empty", Vec::new()),
        ("one", b"\n".to_vec()),
        ("windows", b"a\r\nb\r\n".to_vec()),
        ("old mac", b"a\rb\r".to_vec()),
        ("no newline at the end", b"a\nb".to_vec()),
        ("binary", noise(7, 100_003)),
        ("only newlines", vec![b'\n'; piece + 1]),
        ("one piece", [vec![b'a'; piece - 1], b"\n".to_vec()].concat()),
        ("one long line", vec![b'a'; piece * 3]),
        ("-1", b"a\n".to_vec()),
        // What ends a word on the way to a board.
        ("a b,c%41:d", b"\n".to_vec()),
        ("two\nlines", b"a\n".to_vec()),
    ];
    for (name, content) in files {
        let path = folder.path().join(name);
        fs::write(&path, &content).expect("a file can be written");
        expected.file(&path, naive(&content));
        paths.push(path);
    }
    says(&paths, &expected);
}

#[test]
fn five_thousand_files_with_few_descriptors() {
    let folder = TempDir::new().expect("a folder can be made");
    let mut expected = Counts::default();
    // Not one long argument for each, as not every system would take so many.
    for index in 0..5000 {
        let content = noise(index, (index % 97) as usize * 13);
        let name = index.to_string();
        fs::write(folder.path().join(&name), &content).expect("a file can be written");
        expected.file(Path::new(&name), naive(&content));
    }
    for runtime in all().0 {
        let names = (0..5000).map(|index| index.to_string());
        let options = ["lines", "--format", "json", "--on", runtime].map(str::to_owned);
        let mut command = few_descriptors();
        command.args(options.into_iter().chain(names)).current_dir(folder.path());
        let run = finish(command);
        assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
        assert_eq!(counts(&events(&run.out)[0].1), expected, "{runtime}");
    }
}

/// The program, with no more than 256 descriptors where there is a way to say so.
fn few_descriptors() -> std::process::Command {
    if cfg!(not(unix)) {
        return crate::run::command::<&str>([]);
    }
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", "ulimit -n 256 && exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_anytempo")]);
    shell
}

#[test]
fn what_cannot_be_counted_stops_nothing() {
    let folder = TempDir::new().expect("a folder can be made");
    let mut expected = Counts::default();
    let good = folder.path().join("good");
    fs::write(&good, "1\n2\n").expect("a file can be written");
    expected.file(&good, 2);
    let missing = folder.path().join("missing");
    expected.error(&missing, "there is no such file");
    expected.error(folder.path(), "this is a directory, not a file");
    let below = good.join("below a file");
    expected.error(&below, if cfg!(unix) { "Not a directory" } else { "there is no such file" });
    let empty = PathBuf::new();
    expected.error(&empty, "there is no such file");
    says(&[missing, folder.path().into(), good.clone(), below, empty], &expected);

    // In the text form too, on one line whatever the path.
    let odd = folder.path().join("two\nlines");
    let run = run([Path::new("lines"), &odd, &good]);
    assert_eq!((run.code, run.err.as_str()), (Some(1), ""));
    assert_eq!(run.out.lines().count(), 3, "{}", run.out);
    assert!(run.out.contains("two\\nlines: there is no such file"), "{}", run.out);
}

#[test]
fn a_path_too_long_for_a_board_is_said() {
    let folder = TempDir::new().expect("a folder can be made");
    let good = folder.path().join("good");
    fs::write(&good, "1\n2\n").expect("a file can be written");
    let long = folder.path().join("ä".repeat(600));
    for board in all().0.into_iter().filter(|name| BOARDS.contains(name)) {
        let options = ["lines", "--format", "json", "--on", board].map(PathBuf::from);
        let run = run(options.iter().chain([&long, &good]));
        assert_eq!((run.code, run.err.as_str()), (Some(1), ""));
        let counts = counts(&events(&run.out)[0].1);
        assert_eq!((counts.files.len(), counts.total), (1, 2));
        let (path, message) = counts.errors.iter().next().expect("there is an error");
        assert!(path.len() > 1000 && long.to_string_lossy().starts_with(path), "{path}");
        assert_eq!(message, "its path is longer than a board has room for");
    }
}

#[test]
fn a_file_larger_than_any_buffer() {
    let folder = TempDir::new().expect("a folder can be made");
    let path = folder.path().join("sparse");
    let mut file = File::create(&path).expect("a file can be made");
    file.set_len(256 << 20).expect("the file can be long");
    file.seek(SeekFrom::Start(200 << 20)).expect("the file can be written anywhere");
    file.write_all(b"\n\n\n").expect("the file can be written");
    drop(file);
    let mut expected = Counts::default();
    expected.file(&path, 3);
    hosts_say(&[path], &expected);
}

#[cfg(unix)]
mod unix {
    use core::ffi::CStr;
    use std::ffi::OsStr;
    use std::io::{BufRead, BufReader};
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::PermissionsExt;
    use std::process::{Command, Stdio};

    use super::*;
    use crate::run::{Running, command};

    #[test]
    fn an_unreadable_file() {
        let folder = TempDir::new().expect("a folder can be made");
        let mut expected = Counts::default();
        let closed = folder.path().join("closed");
        fs::write(&closed, "1\n").expect("a file can be written");
        let nobody = fs::Permissions::from_mode(0o000);
        fs::set_permissions(&closed, nobody).expect("permissions can be taken");
        // The root user may read everything.
        match fs::read(&closed) {
            Ok(_) => expected.file(&closed, 1),
            Err(_) => expected.error(&closed, "permission to read it is denied"),
        }
        let mut paths = vec![closed];
        if cfg!(target_os = "linux") {
            // Nothing lies at the address 0, for anyone.
            paths.push("/proc/self/mem".into());
            expected.error(&paths[1], "Input/output error");
        }
        // To a board, an error in reading a file without a length is its end.
        hosts_say(&paths, &expected);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_path_that_is_not_utf8() {
        let folder = TempDir::new().expect("a folder can be made");
        let name: &CStr = c"\xff.txt";
        let path = folder.path().join(OsStr::from_bytes(name.to_bytes()));
        fs::write(&path, "1\n2\n").expect("a file can be written");
        let mut expected = Counts::default();
        expected.file(&path, 2);
        says(&[path], &expected);
    }

    /// Each file is a pipe that nobody writes to until the one after it was reported: so all are read at once, more of
    /// them than there are processors, and each is reported as it is done.
    #[test]
    fn all_at_once_and_each_when_done() {
        for runtime in HOSTS.into_iter().filter(|name| *name != "virtual") {
            let folder = TempDir::new().expect("a folder can be made");
            let paths: Vec<PathBuf> =
                (0..20).map(|index| folder.path().join(index.to_string())).collect();
            let made = Command::new("mkfifo").args(&paths).status().expect("mkfifo is there");
            assert!(made.success());
            let mut command = command(["lines", "--format", "json", "--on", runtime]);
            let child = command.args(&paths).stdout(Stdio::piped()).spawn();
            let mut running = Running(child.expect("the program starts"));
            let out = running.0.stdout.take().expect("the output is piped");
            let mut out = BufReader::new(out).lines();
            for path in paths.iter().rev() {
                fs::write(path, "1\n2\n").expect("the pipe is read");
                let line = out.next().expect("the file is reported").expect("it is UTF-8");
                let event: Value = serde_json::from_str(&line).expect("a line is JSON");
                assert_eq!(event["path"], path.to_string_lossy().as_ref(), "{runtime}");
                assert_eq!(event["newlines"], 2);
            }
            assert_eq!(running.wait(), Some(0));
        }
    }
}
