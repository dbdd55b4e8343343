//! A machine with little room: few descriptors, and few threads.

use core::time::Duration;
use std::fs::{self, File};
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Instant;

use tempfile::TempDir;

use crate::run::{HOSTS, Run, Running, events, finish, lines, shell};

/// Pipes that are written to, and files, on a machine that lets no more than 20 of anything be open.
#[test]
fn more_pipes_than_descriptors() {
    let folder = TempDir::new().expect("a folder can be made");
    let pipes: Vec<_> = (0..40).map(|index| folder.path().join(format!("pipe-{index}"))).collect();
    let made = Command::new("mkfifo").args(&pipes).status().expect("mkfifo is there");
    assert!(made.success());
    let files: Vec<_> = (0..40).map(|index| folder.path().join(format!("file-{index}"))).collect();
    for path in &files {
        fs::write(path, "1\n").expect("a file can be written");
    }
    // So few that not every runtime can have a file for each of its workers.
    for (runtime, limit) in HOSTS.into_iter().flat_map(|name| [(name, 20), (name, 9), (name, 8)]) {
        let line = format!("ulimit -n {limit}; exec \"$0\" \"$@\"");
        let mut command = shell(&line, ["lines", "--format", "json", "--on", runtime]);
        command.args(pipes.iter().zip(&files).flat_map(|(pipe, file)| [pipe, file]));
        for pipe in pipes.clone() {
            // It waits until the pipe is read, and a while longer, so that many pipes are open at once.
            thread::spawn(|| {
                let mut pipe = File::options().write(true).open(pipe)?;
                thread::sleep(Duration::from_millis(50));
                pipe.write_all(b"1\n2\n")
            });
        }
        let run = finish(command);
        let events = &events(&run.out)[0].1;
        assert_eq!((run.code, run.err.as_str(), events.len()), (Some(0), "", 81), "{runtime}");
        assert_eq!(events[80].1["newlines"], 120, "{runtime}");
    }
}

/// Pipes without a writer leave room for files.
#[test]
fn waiting_pipes_leave_descriptors() {
    let folder = TempDir::new().expect("a folder can be made");
    let mut paths: Vec<_> = (0..40).map(|index| folder.path().join(index.to_string())).collect();
    let made = Command::new("mkfifo").args(&paths).status().expect("mkfifo is there");
    assert!(made.success());
    paths.push(folder.path().join("file"));
    fs::write(&paths[40], "1\n").expect("a file can be written");
    for runtime in HOSTS.into_iter().filter(|name| *name != "virtual") {
        let line = "ulimit -n 20; exec \"$0\" \"$@\"";
        let mut command = shell(line, ["lines", "--format", "json", "--on", runtime]);
        let child = command.args(&paths).stdout(Stdio::piped()).spawn();
        let mut running = Running(child.expect("the program starts"));
        let mut out = lines(running.0.stdout.take().expect("the output is piped"));
        let line = out.next().expect("the file is reported");
        assert!(line.contains("\"newlines\":1") && line.contains("file"), "{runtime}: {line}");
    }
}

/// The limit is set while the program waits for the list of its files.
#[cfg(target_os = "linux")]
#[test]
fn no_descriptor_at_all() {
    use rustix::process::{Pid, Resource, Rlimit, prlimit};

    let files: Vec<PathBuf> = vec!["Cargo.toml".into(); 50];
    let list: Vec<u8> = files
        .iter()
        .flat_map(|file| [file.as_os_str().as_encoded_bytes(), b"\0"])
        .flatten()
        .copied()
        .collect();
    for runtime in HOSTS {
        let mut command = crate::run::command(["lines", "--on", runtime, "--files0-from", "-"]);
        let out = tempfile::tempfile().expect("a file can be made");
        let err = tempfile::NamedTempFile::new().expect("a file can be made");
        let mut running = Running(
            command
                .stdin(Stdio::piped())
                .stdout(out)
                .stderr(File::create(err.path()).expect("it can be written"))
                .spawn()
                .expect("the program starts"),
        );
        let id = running.0.id();
        let reads = || fs::read_to_string(format!("/proc/{id}/syscall"));
        let start = Instant::now();
        // It reads its standard input.
        while !reads().is_ok_and(|it| it.starts_with("0 0x0")) {
            assert!(start.elapsed() < Duration::from_secs(60), "{:?}", reads());
            thread::yield_now();
        }
        let limit = Rlimit { current: Some(3), maximum: Some(3) };
        let id = Pid::from_raw(id as i32).expect("it is a number");
        prlimit(Some(id), Resource::Nofile, limit).expect("a limit can be set");
        running.0.stdin.take().expect("it is piped").write_all(&list).expect("it is read");
        assert_eq!(running.wait(), Some(1), "{runtime}");
        let err = fs::read_to_string(err.path()).expect("it is there");
        let sentence = format!("anytempo: on {runtime}: ");
        assert!(err.starts_with(&sentence) && err.lines().count() == 1, "{err}");
        assert!(err.contains("Too many open files") && !err.contains("panic"), "{err}");
    }
}

/// A thread has so large a stack that there is room for few of them.
fn with_few_threads(room: usize, args: &[&str]) -> Run {
    // The program itself takes less than one of them.
    let stack = 1 << 30;
    let limit = (stack >> 10) * room + (stack >> 11);
    let line = format!("ulimit -v {limit}; exec \"$0\" \"$@\"");
    let mut command = shell(&line, args);
    command.env("RUST_MIN_STACK", stack.to_string());
    finish(command)
}

/// It is right, or there is one sentence for why it is not.
#[track_caller]
fn is_clear(run: &Run, what: &str) {
    match run.code {
        Some(0) => assert_eq!(run.err, "", "{what}"),
        Some(1) => {
            assert_eq!(run.err.lines().count(), 1, "{what}: {}", run.err);
            assert!(run.err.starts_with("anytempo: "), "{what}: {}", run.err);
            assert!(!run.err.contains("panicked"), "{what}: {}", run.err);
        }
        code => panic!("{what} has ended with {code:?}: {}", run.err),
    }
}

const JOBS: [&[&str]; 3] = [
    &["countdown", "2", "--delay", "1ms"],
    &["close", "--body", "cancel"],
    &["lines", "Cargo.toml", "src/lib.rs", "src/main.rs"],
];

#[cfg(target_os = "linux")]
#[test]
fn few_threads() {
    for room in 0..4 {
        for runtime in HOSTS {
            for job in JOBS {
                let args: Vec<_> = job.iter().copied().chain(["--on", runtime]).collect();
                let what = format!("{args:?} with {room} threads");
                let run = with_few_threads(room, &args);
                is_clear(&run, &what);
                let is_alone = ["tokio", "compio", "monoio"].contains(&runtime);
                let needs_none = runtime == "virtual" || (is_alone && job[0] != "lines");
                if needs_none || (is_alone && room > 0) {
                    assert_eq!(run.code, Some(0), "{what}: {}", run.err);
                } else if room == 0 {
                    assert_eq!(run.code, Some(1), "{what}");
                }
            }
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn no_thread_for_the_matrix_or_the_benchmark() {
    let matrix: &[&str] = &["matrix", "--only", "sizes", "--on", "tokio"];
    let bench: &[&str] =
        &["bench", "--quick", "--only", "timers", "--sizes", "5", "--rounds", "1", "--on", "smol"];
    for args in [matrix, bench] {
        let run = with_few_threads(0, args);
        is_clear(&run, args[0]);
        assert_eq!(run.code, Some(1), "{}", run.out);
    }
}

/// A user with as few rights, and thus processes, as can be.
#[cfg(target_os = "linux")]
const OTHER_USER: u32 = 65_534;

/// The root user has no limit of this kind, so this is run as another one, where that can be.
#[cfg(target_os = "linux")]
#[test]
fn few_processes() {
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::process::CommandExt;

    let root = rustix::process::getuid().is_root();
    // The other user may not be allowed to look into the folder in which the program was built.
    let folder = TempDir::new().expect("a folder can be made");
    let program = folder.path().join("anytempo");
    fs::copy(env!("CARGO_BIN_EXE_anytempo"), &program).expect("the program can be copied");
    for path in [folder.path(), &program] {
        let anyone = fs::Permissions::from_mode(0o755);
        fs::set_permissions(path, anyone).expect("permissions can be set");
    }
    // How many processes another user has now is not known, but it is more than one.
    let rooms = if root { 1..7 } else { 1..2 };
    let limited = |room: usize, args: &[&str]| {
        // Shells do not agree on the letter.
        let limit = format!("{{ ulimit -u {room} || ulimit -p {room}; }} 2>/dev/null");
        // By its path: the other user may not be allowed to look into the folders of `PATH`.
        let mut command = Command::new("/bin/sh");
        command.arg("-c").arg(format!("{limit} && exec \"$0\" \"$@\"")).arg(&program).args(args);
        if root {
            command.uid(OTHER_USER).gid(OTHER_USER);
        }
        command
    };
    let status = limited(1, &["--version"]).stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !status.is_ok_and(|status| status.success()) {
        // A user who has processes already has no room for this one, so there is nothing to see.
        assert!(!root, "the other user cannot run {}", program.display());
        return;
    }
    let limited = |room, args: &[&str]| finish(limited(room, args));
    for room in rooms {
        for runtime in HOSTS {
            for job in JOBS {
                let args: Vec<_> = job.iter().copied().chain(["--on", runtime]).collect();
                let run = limited(room, &args);
                is_clear(&run, &format!("{args:?} with {room} processes"));
            }
        }
        is_clear(&limited(room, &["matrix", "--only", "sizes", "--on", "tokio"]), "matrix");
    }
}
