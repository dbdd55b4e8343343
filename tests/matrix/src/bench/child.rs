use core::time::Duration;
use std::env;
use std::io::{self, Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio, exit};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Instant;

use crate::bench::{Interrupt, Job, Sample};
use crate::runtimes::RUNTIMES;
use crate::words::plain;

/// What this program is told to make it do a [`Job`], which is the next argument.
pub const CHILD: &str = "bench-one";

/// Why there is no sample.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    Interrupted,
    Failed(String),
}

/// Does a job in a process of its own.
pub(super) fn run(job: &Job, interrupt: &Interrupt) -> Result<Sample, Trouble> {
    let failed = |what: &str, error: &dyn core::fmt::Display| {
        Err(Trouble::Failed(format!("the process for it {what}: {}", plain(error))))
    };
    let told = match serde_json::to_string(job) {
        Ok(told) => told,
        Err(error) => return failed("cannot be told what to do", &error),
    };
    let mut command = itself()?;
    command.arg(CHILD).arg(told).stdout(Stdio::piped());
    let ended = finish(command, job.work.limit(), interrupt, None)?;
    if !ended.status.success() {
        let words = String::from_utf8_lossy(&ended.err);
        let last = words.lines().rfind(|line| !line.trim().is_empty());
        return failed("failed", &last.map_or_else(|| ended.status.to_string(), Into::into));
    }
    match serde_json::from_slice(&ended.out) {
        Ok(sample) => Ok(sample),
        Err(error) => failed("said something else", &error),
    }
}

/// This program, to be started once more.
pub(super) fn itself() -> Result<Command, Trouble> {
    match env::current_exe() {
        Ok(path) => Ok(Command::new(path)),
        Err(error) => {
            Err(Trouble::Failed(format!("this program cannot find itself: {}", plain(&error))))
        }
    }
}

/// Does the job that `told` describes, and prints the sample. It ends the process as soon as nobody holds its standard
/// input open any more.
///
/// # Errors
///
/// A sentence that says why there is no sample.
pub fn be_child(told: &str) -> Result<(), String> {
    let job: Job =
        serde_json::from_str(told).map_err(|error| format!("this is no job: {error}"))?;
    let runtime = RUNTIMES.iter().find(|it| it.name == job.runtime);
    let runtime = runtime.ok_or_else(|| format!("there is no runtime {}", job.runtime))?;
    let watch = || {
        let _ = io::copy(&mut io::stdin(), &mut io::sink());
        exit(ORPHANED);
    };
    let watch = thread::Builder::new().spawn(watch);
    watch.map_err(|error| format!("no thread can be started: {}", plain(&error)))?;
    let sample = runtime.measure(&job).map_err(|error| error.to_string())?;
    let told = serde_json::to_string(&sample).map_err(|error| error.to_string())?;
    let mut out = io::stdout();
    writeln!(out, "{told}").and_then(|()| out.flush()).map_err(|error| error.to_string())?;
    // At once: what is left of the runtime need not be tidied up.
    exit(0)
}

/// The exit code that nobody is there to see.
const ORPHANED: i32 = 3;

/// A process that has come to its end.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) status: ExitStatus,
    pub(super) out: Vec<u8>,
    pub(super) err: Vec<u8>,
    pub(super) took: Duration,
}

/// Between two looks at a process.
const LOOK: Duration = Duration::from_millis(1);

/// Runs a command to its end, or to the limit. Where there is `look`, it is called again and again with the number of the
/// process.
pub(super) fn finish(
    mut command: Command,
    limit: Duration,
    interrupt: &Interrupt,
    mut look: Option<&mut dyn FnMut(u32)>,
) -> Result<Ended, Trouble> {
    let unclear = |error: io::Error| Trouble::Failed(format!("its process: {}", plain(&error)));
    if interrupt.is_wanted() {
        return Err(Trouble::Interrupted);
    }
    command.stdin(Stdio::piped()).stderr(Stdio::piped());
    let start = Instant::now();
    let mut child = Running(command.spawn().map_err(unclear)?);
    interrupt.hold(child.0.stdin.take());
    let (sender, receiver) = mpsc::channel();
    let out = read(child.0.stdout.take(), sender.clone()).map_err(unclear)?;
    let err = read(child.0.stderr.take(), sender).map_err(unclear)?;
    // Both have an end when the process does, and so nothing needs to ask again and again whether it has.
    loop {
        let left = limit.saturating_sub(start.elapsed());
        let wait = if look.is_some() { LOOK.min(left) } else { left };
        if let Some(look) = &mut look {
            look(child.0.id());
        }
        match receiver.recv_timeout(wait) {
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) if start.elapsed() >= limit => {
                return Err(Trouble::Failed(format!("it had not ended after {limit:?}")));
            }
            _ => {}
        }
    }
    let status = child.0.wait().map_err(unclear)?;
    let took = start.elapsed();
    interrupt.hold(None);
    if interrupt.is_wanted() {
        return Err(Trouble::Interrupted);
    }
    let text = |reader: thread::JoinHandle<Vec<u8>>| reader.join().unwrap_or_default();
    Ok(Ended { status, out: text(out), err: text(err), took })
}

fn read(
    stream: Option<impl Read + Send + 'static>,
    ended: mpsc::Sender<()>,
) -> io::Result<thread::JoinHandle<Vec<u8>>> {
    thread::Builder::new().spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut stream) = stream {
            // What could not be read is missing, and whoever looks at it will see that.
            let _ = stream.read_to_end(&mut bytes);
        }
        drop(ended);
        bytes
    })
}

/// A process that does not outlive whoever waits for it.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]).stdout(Stdio::piped());
        command
    }

    /// It only ends what hangs.
    const LONG: Duration = Duration::from_secs(60);

    #[test]
    fn what_it_says_is_kept() {
        let script = "echo out; echo err >&2; exit 7";
        let ended = finish(shell(script), LONG, &Interrupt::default(), None).expect("it ends");
        assert_eq!((ended.out.as_slice(), ended.err.as_slice()), (&b"out\n"[..], &b"err\n"[..]));
        assert_eq!(ended.status.code(), Some(7));
    }

    #[test]
    fn it_is_looked_at_while_it_runs() {
        let mut seen = Vec::new();
        let mut look = |id| seen.push(id);
        let ended = finish(shell("echo $$"), LONG, &Interrupt::default(), Some(&mut look));
        let out = ended.expect("it ends").out;
        let id: u32 = String::from_utf8_lossy(&out).trim().parse().expect("it says its number");
        assert!(!seen.is_empty() && seen.iter().all(|it| *it == id), "{seen:?} {id}");
    }

    #[test]
    fn what_hangs_is_ended() {
        let limit = Duration::from_millis(20);
        let ended = finish(shell("exec sleep 1000"), limit, &Interrupt::default(), None);
        let trouble = ended.expect_err("it hangs");
        assert_eq!(trouble, Trouble::Failed("it had not ended after 20ms".into()));
    }

    #[test]
    fn an_interrupt_closes_its_input() {
        let interrupt = Interrupt::default();
        let from_elsewhere = interrupt.clone();
        let mut looks = 0;
        let mut look = |_| {
            looks += 1;
            from_elsewhere.interrupt();
        };
        let ended = finish(shell("cat"), LONG, &interrupt, Some(&mut look));
        assert_eq!(ended.err(), Some(Trouble::Interrupted));
        assert!(looks > 0);
        assert_eq!(finish(shell("true"), LONG, &interrupt, None).err(), Some(Trouble::Interrupted));
    }
}
