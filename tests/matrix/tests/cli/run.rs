use core::iter::from_fn;
use core::time::Duration;
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread::{self, JoinHandle};
use std::time::Instant;

use anytempo_matrix::runtimes::{RUNTIMES, lacking};
use serde::Deserialize;
use serde_json::Value;

/// What no run takes, on any machine. It only ends what hangs.
const LIMIT: Duration = Duration::from_secs(600);

/// The runtimes of the host, as `--on` names them.
pub(crate) const HOSTS: [&str; 9] = [
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

/// The boards.
pub(crate) const BOARDS: [&str; 7] =
    ["cortex-m0", "cortex-m3", "cortex-m4f", "cortex-m33", "riscv32", "riscv32imc", "rtic"];

/// What `--on all` runs on this machine, and all that it says of the rest.
pub(crate) fn all() -> (Vec<&'static str>, String) {
    let there = RUNTIMES.iter().filter(|runtime| runtime.lack().is_none());
    let sentence = lacking(RUNTIMES).map(|sentence| format!("anytempo: {sentence}\n"));
    (there.map(|runtime| runtime.name).collect(), sentence.unwrap_or_default())
}

/// What a run has left behind.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    /// Without [`progress`](Run::progress), as how long a build takes depends on the machine and on what was built before.
    pub(crate) err: String,
    /// The lines on stderr that say what is being built.
    pub(crate) progress: Vec<String>,
}

/// The program, about to be run.
pub(crate) fn command<S: AsRef<OsStr>>(args: impl IntoIterator<Item = S>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_anytempo"));
    command.args(args);
    command
}

/// A line of a shell that begins with `exec "$0" "$@"` or the like, which is the program with these arguments.
#[cfg(unix)]
pub(crate) fn shell<S: AsRef<OsStr>>(line: &str, args: impl IntoIterator<Item = S>) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", line, env!("CARGO_BIN_EXE_anytempo")]).args(args);
    shell
}

/// Runs the program to its end.
pub(crate) fn run<S: AsRef<OsStr>>(args: impl IntoIterator<Item = S>) -> Run {
    finish(command(args))
}

/// As [`run`], with the arguments in one string. None of them has a space.
pub(crate) fn run_line(args: &str) -> Run {
    run(args.split(' '))
}

pub(crate) fn finish(mut command: Command) -> Run {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = Running(command.spawn().expect("the program starts"));
    let out = read(child.0.stdout.take());
    let err = read(child.0.stderr.take());
    let code = child.wait();
    let text = |bytes: JoinHandle<Vec<u8>>| {
        String::from_utf8(bytes.join().expect("the output is read")).expect("the output is UTF-8")
    };
    let (out, err) = (text(out), text(err));
    let is_progress = |line: &&str| line.starts_with("anytempo: building the firmware for ");
    let progress = err.lines().filter(is_progress).map(str::to_owned).collect();
    let err = err.split_inclusive('\n').filter(|line| !is_progress(line)).collect();
    Run { code, out, err, progress }
}

fn read(stream: Option<impl Read + Send + 'static>) -> JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        stream.expect("the stream is piped").read_to_end(&mut bytes).expect("the stream is read");
        bytes
    })
}

/// A process that does not outlive its test.
pub(crate) struct Running(pub(crate) Child);

impl Running {
    pub(crate) fn wait(&mut self) -> Option<i32> {
        let start = Instant::now();
        loop {
            if let Some(status) = self.0.try_wait().expect("the process can be waited for") {
                return status.code();
            }
            assert!(start.elapsed() < LIMIT, "the program hangs");
            thread::sleep(Duration::from_millis(2));
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The lines of a stream, as they come. What hangs does not hang its test.
pub(crate) fn lines(stream: impl Read + Send + 'static) -> impl Iterator<Item = String> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        for line in BufReader::new(stream).lines() {
            let line = line.expect("the output is UTF-8");
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    from_fn(move || match receiver.recv_timeout(LIMIT) {
        Ok(line) => Some(line),
        Err(RecvTimeoutError::Disconnected) => None,
        Err(RecvTimeoutError::Timeout) => panic!("the program hangs"),
    })
}

/// An event without its runtime and time, and the time.
pub(crate) type Timed = (u128, Value);

#[derive(Deserialize)]
struct Line {
    runtime: String,
    t_us: Number,
    #[serde(flatten)]
    event: Value,
}

/// A number in the JSON form: a string, if it is a large one.
#[derive(Deserialize)]
#[serde(untagged)]
enum Number {
    Small(u64),
    Large(String),
}

impl Number {
    fn value(self) -> u128 {
        match self {
            Number::Small(number) => number.into(),
            Number::Large(digits) => digits.parse().expect("it is a number"),
        }
    }
}

/// The events that a run printed as JSON, of each runtime that it ran on.
pub(crate) fn events(out: &str) -> Vec<(String, Vec<Timed>)> {
    let mut runtimes: Vec<(String, Vec<Timed>)> = Vec::new();
    for line in out.lines() {
        let Line { runtime, t_us, event } = serde_json::from_str(line).expect("a line is an event");
        let t_us = t_us.value();
        match runtimes.last_mut() {
            Some((last, events)) if *last == runtime => events.push((t_us, event)),
            _ => runtimes.push((runtime, vec![(t_us, event)])),
        }
    }
    runtimes
}
