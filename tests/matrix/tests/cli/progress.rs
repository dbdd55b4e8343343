//! What is said while it takes long.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use tempfile::TempDir;

use crate::run::{Run, command, finish};

/// A program that is a script.
fn script(folder: &Path, name: &str, lines: &str) {
    let path = folder.join(name);
    fs::write(&path, format!("#!/bin/sh\n{lines}\n")).expect("a file can be written");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("it can be run");
}

/// On a machine that has all that boards need, where a build takes as long as this and boards do nothing.
fn with_build(seconds: &str, args: &str) -> Run {
    let folder = TempDir::new().expect("a folder can be made");
    let folder = folder.path();
    script(folder, "rustc", "pwd");
    script(folder, "cargo", &format!("sleep {seconds}"));
    script(folder, "qemu-system-arm", "exit 0");
    let path = std::env::var("PATH").expect("there is one");
    let mut command = command(args.split(' '));
    command.env("PATH", format!("{}:{path}", folder.display()));
    command.env("RUSTC", folder.join("rustc")).env("CARGO", folder.join("cargo"));
    finish(command)
}

#[test]
fn a_build_is_said_where_there_is_no_terminal() {
    let run = with_build("3", "range 1 --on cortex-m3,cortex-m4f");
    let line =
        |board, number| format!("anytempo: building the firmware for {board} ({number} of 2)");
    assert_eq!(run.progress, [line("cortex-m3", 1), line("cortex-m4f", 2)]);
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
}

#[test]
fn a_build_is_a_part_of_what_the_matrix_took() {
    let run = with_build("1", "matrix --only programs::range --on cortex-m3");
    let last = run.out.lines().last().expect("there is a table");
    let (all, parts) = last.split_once(" s: ").expect("it is said in full");
    let seconds = |words: &str| -> f64 {
        words.split(' ').next_back().and_then(|word| word.parse().ok()).expect("it is a number")
    };
    let (built, ran) = parts.split_once(" s to build the firmware, and ").expect("it has parts");
    let ran = ran.strip_suffix(" s to run.").expect("it has an end");
    // Two builds, of which each finds nothing to do the second time.
    assert!(seconds(built) >= 1.0 && seconds(all) >= 1.0, "{last}");
    assert!((seconds(all) - seconds(built) - seconds(ran)).abs() < 0.15, "{last}");
}
