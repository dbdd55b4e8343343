//! Two outputs in one file would be a mixture of both, whatever names they have for it.

use core::time::Duration;
use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::mpsc::channel;
use std::thread;

use tempfile::TempDir;

use crate::run::{Run, finish, shell};

/// The matrix, in a folder, with its standard output as a shell would have it.
fn run(folder: &Path, args: &str, output: &str) -> Run {
    let script = format!("exec \"$0\" \"$@\" {output}");
    let mut command = shell(&script, ["matrix", "--only", "sizes", "--on", "virtual"]);
    command.args(args.split(' ')).current_dir(folder);
    finish(command)
}

#[track_caller]
fn refused(folder: &Path, args: &str, output: &str, who: &str) {
    let run = run(folder, args, output);
    let sentence = format!("anytempo: {who} cannot write the same file\n");
    assert_eq!((run.code, run.out.as_str(), run.err), (Some(2), "", sentence), "{args} {output}");
}

fn names(folder: &Path) -> Vec<OsString> {
    let entries = fs::read_dir(folder).expect("the folder is there");
    let mut names: Vec<_> = entries.map(|it| it.expect("it can be read").file_name()).collect();
    names.sort();
    names
}

const BOTH: &str = "--junit and --json";

#[test]
fn a_file_that_is_the_output() {
    let folder = TempDir::new().expect("a folder can be made");
    let folder = folder.path();
    for option in ["--junit", "--json"] {
        let who = format!("the standard output and {option}");
        for name in ["x", "./x", "/dev/stdout", "/proc/self/fd/1", "/dev/fd/1"] {
            if !cfg!(target_os = "linux") && name.starts_with("/proc") {
                continue;
            }
            refused(folder, &format!("{option} {name}"), ">x", &who);
            refused(folder, &format!("{option} {name}"), ">>x", &who);
        }
        assert_eq!(names(folder), ["x"]);
        fs::hard_link(folder.join("x"), folder.join("hard")).expect("a link can be made");
        refused(folder, &format!("{option} hard"), ">x", &who);
        refused(folder, &format!("{option} x"), ">hard", &who);
        std::os::unix::fs::symlink("later", folder.join("soft")).expect("a link can be made");
        refused(folder, &format!("{option} soft"), ">later", &who);
        refused(folder, &format!("{option} later"), ">soft", &who);
        for name in names(folder) {
            fs::remove_file(folder.join(name)).expect("it can be removed");
        }
    }
}

/// A pipe too: what comes first would be taken for a part of the other.
#[test]
fn a_pipe_that_is_the_output() {
    let folder = TempDir::new().expect("a folder can be made");
    for option in ["--junit", "--json"] {
        let who = format!("the standard output and {option}");
        refused(folder.path(), &format!("{option} /dev/stdout"), "", &who);
        refused(folder.path(), &format!("{option} /dev/fd/1"), "", &who);
    }
}

#[test]
fn two_names_for_a_file() {
    let folder = TempDir::new().expect("a folder can be made");
    let folder = folder.path();
    std::os::unix::fs::symlink("later", folder.join("soft")).expect("a link can be made");
    std::os::unix::fs::symlink("soft", folder.join("softer")).expect("a link can be made");
    let pairs = [
        "x x",
        "x ./x",
        "soft later",
        "later soft",
        "softer soft",
        "softer ./later",
        "later softer",
    ];
    for pair in pairs {
        let (one, other) = pair.split_once(' ').expect("there are two");
        refused(folder, &format!("--junit {one} --json {other}"), "", BOTH);
        assert_eq!(names(folder), ["soft", "softer"], "nothing is left");
    }
    // What was there stays as it was.
    fs::write(folder.join("later"), "earlier").expect("it can be written");
    refused(folder, "--junit softer --json later", "", BOTH);
    assert_eq!(fs::read_to_string(folder.join("later")).expect("it is there"), "earlier");
}

/// It would be waited for until there is a reader, so this is found before it is opened.
#[test]
fn a_pipe_with_a_name() {
    let folder = TempDir::new().expect("a folder can be made");
    let made = Command::new("mkfifo").arg(folder.path().join("pipe")).status();
    assert!(made.expect("mkfifo is there").success());
    refused(folder.path(), "--junit pipe --json ./pipe", "", BOTH);
    let who = "the standard output and --json";
    refused(folder.path(), "--json pipe", "1<>pipe", who);

    // With a reader, and by itself, it is an output like any other.
    let (sender, receiver) = channel();
    let pipe = folder.path().join("pipe");
    thread::spawn(move || sender.send(fs::read_to_string(pipe)));
    let run = run(folder.path(), "--json pipe", "");
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
    let read = receiver.recv_timeout(Duration::from_secs(60)).expect("it was written");
    assert!(read.expect("it is UTF-8").contains("pace::sizes"));
}

#[test]
fn two_files_are_two() {
    let folder = TempDir::new().expect("a folder can be made");
    let run = run(folder.path(), "--junit x --json y", ">z");
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
    assert_eq!(names(folder.path()), ["x", "y", "z"]);
}
