//! Files that keep their reader waiting, and those that must not wait for them.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use serde_json::Value;
use tempfile::TempDir;

use crate::run::{HOSTS, Run, Running, command, events, finish, lines, run, shell};

fn fifos(folder: &Path, count: usize) -> Vec<PathBuf> {
    let paths: Vec<_> = (0..count).map(|index| folder.join(format!("pipe-{index}"))).collect();
    let made = Command::new("mkfifo").args(&paths).status().expect("mkfifo is there");
    assert!(made.success());
    paths
}

fn json(runtime: &str, args: &[PathBuf]) -> Command {
    let mut command = command(["lines", "--format", "json", "--on", runtime]);
    command.args(args).stdin(Stdio::null()).stdout(Stdio::piped());
    command
}

/// The events, as they come.
fn events_of(running: &mut Running) -> impl Iterator<Item = Value> + use<> {
    let out = running.0.stdout.take().expect("the output is piped");
    lines(out).map(|line| serde_json::from_str(&line).expect("a line is JSON"))
}

/// Writes to a pipe once it is read, in a thread of its own.
fn write_to(pipe: &Path, content: &'static str) {
    let pipe = pipe.to_owned();
    thread::spawn(move || fs::write(pipe, content));
}

/// There are more pipes without a writer than workers of any kind. They come first, and the files are counted all the same.
#[test]
fn regular_files_do_not_wait_for_pipes() {
    let folder = TempDir::new().expect("a folder can be made");
    let mut paths = fifos(folder.path(), 140);
    for index in 0..3 {
        let path = folder.path().join(format!("file-{index}"));
        fs::write(&path, "1\n2\n").expect("a file can be written");
        paths.push(path);
    }
    // There time stands still as long as a file keeps its reader waiting.
    for runtime in HOSTS.into_iter().filter(|name| *name != "virtual") {
        let mut running = Running(json(runtime, &paths).spawn().expect("the program starts"));
        let mut events = events_of(&mut running);
        let mut seen: Vec<_> = (0..3).map(|_| events.next().expect("a file is done")).collect();
        seen.sort_by_key(|event| event["path"].to_string());
        for (event, path) in seen.iter().zip(&paths[140..]) {
            assert_eq!(event["path"], path.to_string_lossy().as_ref(), "{runtime}");
            assert_eq!(event["newlines"], 2);
        }
    }
}

/// On virtual time one worker does everything, so it leaves what it may have to wait for to the end.
#[test]
fn on_virtual_time_pipes_are_last() {
    let folder = TempDir::new().expect("a folder can be made");
    let mut paths = fifos(folder.path(), 2);
    let file = folder.path().join("file");
    fs::write(&file, "1\n").expect("a file can be written");
    paths.push(file);
    let running = json("virtual", &paths).spawn();
    let mut running = Running(running.expect("the program starts"));
    let mut events = events_of(&mut running);
    for path in &paths[..2] {
        write_to(path, "1\n2\n");
    }
    let seen: Vec<Value> = events.by_ref().take(3).collect();
    assert_eq!(seen[0]["path"], paths[2].to_string_lossy().as_ref());
    assert_eq!(events.next().expect("there is a total")["newlines"], 5);
    assert_eq!(running.wait(), Some(0));
}

#[test]
fn a_dash_is_the_standard_input() {
    for runtime in HOSTS {
        let run =
            piped("printf '1\\n2\\n\\n' |", &["lines", "-", "--format", "json", "--on", runtime]);
        let events = &events(&run.out)[0].1;
        assert_eq!((run.code, run.err.as_str(), events.len()), (Some(0), "", 2), "{runtime}");
        assert_eq!((&events[0].1["path"], &events[0].1["newlines"]), (&"-".into(), &3.into()));
    }
    // A file of this name has another one too, and the input ends but once.
    let folder = TempDir::new().expect("a folder can be made");
    fs::write(folder.path().join("-"), "1\n").expect("a file can be written");
    fs::create_dir(folder.path().join("below")).expect("a folder can be made");
    let mut command = shell("printf '1\\n2\\n' | \"$0\" \"$@\"", ["lines", "-", "./-", "-"]);
    let run = finish_in(folder.path(), &mut command);
    assert_eq!(run.out.matches("file         1  ./-\n").count(), 1, "{}", run.out);
    assert_eq!(run.out.matches("file         2  -\n").count(), 1, "{}", run.out);
    assert_eq!(run.out.matches("file         0  -\n").count(), 1, "{}", run.out);
    assert_eq!((run.code, run.out.matches("total        3\n").count()), (Some(0), 1));
}

/// A folder of that name changes nothing.
#[test]
fn an_input_that_cannot_be_read() {
    let folder = TempDir::new().expect("a folder can be made");
    fs::create_dir(folder.path().join("-")).expect("a folder can be made");
    for (input, reason) in [
        ("<&-", "it is closed"),
        ("0>/dev/null", "it is not open for reading"),
        ("<.", if cfg!(target_os = "linux") { "Is a directory" } else { "" }),
    ] {
        let mut command = shell(&format!("exec \"$0\" \"$@\" {input}"), ["lines", "-"]);
        let run = finish_in(folder.path(), &mut command);
        assert_eq!((run.code, run.err.as_str()), (Some(1), ""), "{input}");
        assert!(run.out.contains(&format!("error -: {reason}")), "{input}: {}", run.out);
        let mut command =
            shell(&format!("exec \"$0\" \"$@\" {input}"), ["lines", "--files0-from", "-"]);
        let run = finish_in(folder.path(), &mut command);
        let sentence = format!("anytempo: the list of files - cannot be read: {reason}");
        assert_eq!((run.code, run.out.as_str()), (Some(1), ""), "{input}");
        assert!(run.err.starts_with(&sentence), "{input}: {}", run.err);
    }
}

#[test]
fn the_standard_input_is_read_once() {
    let refused = |args: &[&str], sentence: &str| {
        let run = run(args);
        let sentence = format!("anytempo: {sentence}\n");
        assert_eq!((run.code, run.out.as_str(), run.err), (Some(2), "", sentence));
    };
    let sentence = "the standard input can be read only once, and not on tokio and on smol";
    refused(&["lines", "-", "--on", "tokio,smol"], sentence);
    refused(&["lines", "-", "--on", "cortex-m3"], "cortex-m3 has no standard input");
    let run = piped("printf 'a\\0-\\0' |", &["lines", "--files0-from", "-"]);
    let sentence =
        "anytempo: the standard input cannot be the list of files and one of the files\n";
    assert_eq!((run.code, run.out.as_str(), run.err.as_str()), (Some(2), "", sentence));
}

#[test]
fn files_can_be_listed() {
    let folder = TempDir::new().expect("a folder can be made");
    let folder = folder.path();
    fs::write(folder.join("a"), "1\n").expect("a file can be written");
    fs::write(folder.join("two\nlines"), "1\n2\n").expect("a file can be written");
    for list in ["a\0two\nlines", "a\0two\nlines\0"] {
        fs::write(folder.join("list"), list).expect("a file can be written");
        for from in ["list", "-"] {
            let args = ["lines", "--format", "json", "--files0-from", from];
            let mut command = shell("exec \"$0\" \"$@\" <list", args);
            let run = finish_in(folder, &mut command);
            let events = &events(&run.out)[0].1;
            assert_eq!((run.code, run.err.as_str(), events.len()), (Some(0), "", 3), "{from}");
            assert_eq!(events[2].1["newlines"], 3);
        }
    }
    // As of an argument, an empty name is an error, and the rest is counted.
    fs::write(folder.join("list"), "\0a\0\0").expect("a file can be written");
    let run = finish_in(folder, &mut command(["lines", "--files0-from", "list"]));
    assert_eq!((run.code, run.err.as_str()), (Some(1), ""));
    assert_eq!(run.out.matches("error : there is no such file").count(), 2, "{}", run.out);
    assert!(run.out.contains("total        1\n"), "{}", run.out);
    // Nothing is listed.
    fs::write(folder.join("list"), "").expect("a file can be written");
    let run = finish_in(folder, &mut command(["lines", "--files0-from", "list"]));
    assert_eq!((run.code, run.out.lines().count()), (Some(0), 1), "{}", run.out);
    // Neither of two ways to name files is left out without a word.
    let run = finish_in(folder, &mut command(["lines", "a", "--files0-from", "list"]));
    assert_eq!((run.code, run.out.as_str()), (Some(2), ""));
    assert!(run.err.starts_with("anytempo: there cannot be both "), "{}", run.err);
    let run = finish_in(folder, &mut command(["lines", "--files0-from", "missing"]));
    let sentence =
        "anytempo: the list of files missing cannot be read: No such file or directory\n";
    assert_eq!((run.code, run.out.as_str(), run.err.as_str()), (Some(1), "", sentence));
}

/// A large file has several workers, and its parts meet between any two bytes.
#[test]
fn a_large_file_is_counted_in_parts() {
    let folder = TempDir::new().expect("a folder can be made");
    let path = folder.path().join("large");
    let length = (4 << 20) * 5 + 12_345;
    let content: Vec<u8> =
        (0..length).map(|index: u32| if index.is_multiple_of(7) { b'\n' } else { b'a' }).collect();
    fs::write(&path, &content).expect("a file can be written");
    let newlines = u64::from(length.div_ceil(7));
    for runtime in HOSTS {
        let paths = ["lines", "--format", "json", "--on", runtime].map(PathBuf::from);
        let run = run(paths.iter().chain([&path, &path]));
        let events = &events(&run.out)[0].1;
        let counts: Vec<_> = events.iter().filter_map(|it| it.1["newlines"].as_u64()).collect();
        assert_eq!(counts, [newlines, newlines, 2 * newlines], "{runtime}");
    }
}

/// What is counted of a file that changes depends on when it is read, but there is a count, and an end.
#[test]
fn a_large_file_may_grow_and_shrink() {
    let folder = TempDir::new().expect("a folder can be made");
    let path = folder.path().join("large");
    let mut file = fs::File::create(&path).expect("a file can be made");
    let piece = vec![b'\n'; 1 << 20];
    for _ in 0..3 {
        for _ in 0..64 {
            file.write_all(&piece).expect("the file can be written");
        }
        let paths = [path.clone(), path.clone()];
        let mut running = Running(json("tokio", &paths).spawn().expect("the program starts"));
        let mut events = events_of(&mut running);
        file.set_len(10 << 20).expect("the file can be cut");
        file.write_all(&piece).expect("the file can be written");
        file.set_len(0).expect("the file can be cut");
        let counts: Vec<_> = events.by_ref().map(|it| it["newlines"].as_u64()).collect();
        assert!(counts.len() == 3 && counts.iter().all(Option::is_some), "{counts:?}");
        assert_eq!(running.wait(), Some(0));
        file = fs::File::create(&path).expect("a file can be made");
    }
}

fn piped(before: &str, args: &[&str]) -> Run {
    finish(shell(&format!("{before} \"$0\" \"$@\""), args))
}

fn finish_in(folder: &Path, command: &mut Command) -> Run {
    command.current_dir(folder);
    finish(core::mem::replace(command, Command::new("true")))
}

/// More pipes than are ever open at once.
#[test]
fn one_pipe_after_the_other() {
    let folder = TempDir::new().expect("a folder can be made");
    let paths = fifos(folder.path(), 70);
    let mut running = Running(json("tokio", &paths).spawn().expect("the program starts"));
    let mut events = events_of(&mut running);
    for path in &paths {
        write_to(path, "1\n");
        assert_eq!(events.next().expect("a file is done")["newlines"], 1);
    }
    assert_eq!(events.next().expect("there is a total")["newlines"], 70);
    assert_eq!(running.wait(), Some(0));
}
