//! A process for each case, seen from the one that starts it.

use core::hash::{BuildHasher, Hasher};
use core::sync::atomic::{AtomicBool, Ordering};
use core::time::Duration;
use std::env;
use std::hash::RandomState;
use std::io::{self, BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::Instant;

use crate::harness::child::{CASE, MARK, Outcome};
use crate::harness::plain;

/// Whether this program serves the processes that it starts: see [`serve`](crate::harness::serve).
static SERVES: AtomicBool = AtomicBool::new(false);

/// This program serves from now on.
pub(super) fn serves() {
    SERVES.store(true, Ordering::Relaxed);
}

/// Whether a case can have a process of its own.
pub(super) fn is_possible() -> bool {
    !cfg!(any(miri, target_family = "wasm")) && SERVES.load(Ordering::Relaxed)
}

/// How a case ended that had a process of its own.
pub(super) struct Ended {
    pub(super) outcome: Outcome,
    /// What it printed.
    pub(super) said: Vec<u8>,
    /// Whether it ended as a process does that never began.
    is_silent_127: bool,
}

/// How often it is looked whether a process is still there that says nothing.
const PAUSE: Duration = Duration::from_millis(50);
const SHORTEST: Duration = Duration::from_millis(1);

/// How long the last words of a process may take that has ended, on a machine that has much else to do.
const PATIENCE: Duration = Duration::from_secs(10);

/// How much is remembered of what a case prints.
const MOST_SAID: usize = 1 << 16;

/// How many of its last lines are told.
const TOLD: usize = 8;

/// Tries the case that is called `title` in a process of its own, which is killed after `limit`. `None` if the system cannot
/// run this program, as an emulator of another processor does.
///
/// # Errors
///
/// If there is no room for a process. The case was not tried then.
pub(super) fn tried(title: &str, limit: Duration) -> Result<Option<Ended>, String> {
    match run(title, limit) {
        // An emulator starts a copy of itself, which then ends like this.
        Ok(ended) if ended.is_silent_127 && !is_runnable() => Ok(None),
        Ok(ended) => Ok(Some(ended)),
        Err(error) if is_unsupported(&error) => Ok(None),
        Err(error) => Err(format!("no process can be started: {}", plain(&error))),
    }
}

/// Whether the system can run this program: a process of it answers, also for a case that it does not have.
fn is_runnable() -> bool {
    static ANSWERS: OnceLock<bool> = OnceLock::new();
    *ANSWERS.get_or_init(|| run("no such case", PATIENCE).is_ok_and(|ended| !ended.is_silent_127))
}

fn is_unsupported(error: &io::Error) -> bool {
    const NOT_EXECUTABLE: i32 = 8;
    error.kind() == io::ErrorKind::Unsupported
        || (cfg!(unix) && error.raw_os_error() == Some(NOT_EXECUTABLE))
}

fn run(title: &str, limit: Duration) -> io::Result<Ended> {
    let start = Instant::now();
    let left = || limit.saturating_sub(start.elapsed());
    let mark = format!("anytempo-{:016x}", RandomState::new().build_hasher().finish());
    let said = Arc::new(Mutex::new(Vec::new()));
    let (sender, news) = channel();
    let mut child = started(title, &mark, &said, sender)?;
    let (mut told, mut status) = (None, None);
    let (mut over, mut is_killed) = (None::<Instant>, false);
    loop {
        let is_silent = match news.recv_timeout(PAUSE.min(left().max(SHORTEST))) {
            Ok(outcome) => {
                told = Some(outcome);
                false
            }
            // All that it can say has been heard.
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => true,
        };
        match over {
            // What it said may still be on its way. Or its pipes stay open, as it has left a process behind.
            Some(over) if is_silent && (told.is_some() || over.elapsed() > PATIENCE) => break,
            Some(_) => {}
            None => {
                status = child.try_wait().ok().flatten();
                is_killed = status.is_none() && left().is_zero();
                if is_killed {
                    let _ = child.kill();
                }
                over = (is_killed || status.is_some()).then(Instant::now);
            }
        }
    }
    if is_killed {
        let _ = child.wait();
    } else {
        status = status.or_else(|| ended(&mut child, left));
    }
    let said = said.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let is_silent_127 =
        told.is_none() && said.is_empty() && status.and_then(|it| it.code()) == Some(127);
    let outcome = judged(told, status, limit, &said);
    Ok(Ended { outcome, said, is_silent_127 })
}

fn started(
    title: &str,
    mark: &str,
    said: &Arc<Mutex<Vec<u8>>>,
    sender: Sender<Outcome>,
) -> io::Result<Child> {
    // It ends when its standard input does, and so never outlives this process.
    let mut child = Command::new(env::current_exe()?)
        .args(env::args_os().skip(1))
        .env(CASE, title)
        .env(MARK, mark)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let heard = (|| {
        if let Some(out) = out {
            let (said, sender) = (Arc::clone(said), sender.clone());
            let mark = format!("{mark} ");
            thread::Builder::new().spawn(move || listen(out, &mark, &said, &sender))?;
        }
        if let Some(err) = err {
            let said = Arc::clone(said);
            thread::Builder::new().spawn(move || listen(err, "", &said, &sender))?;
        }
        Ok(())
    })();
    // There may be no room for a thread.
    if let Err(error) = heard {
        let _ = child.kill();
        let _ = child.wait();
        return Err(error);
    }
    Ok(child)
}

/// Sends the outcome, which is in the line that begins with `mark`, and remembers the others.
fn listen(pipe: impl Read, mark: &str, said: &Mutex<Vec<u8>>, sender: &Sender<Outcome>) {
    let (mut pipe, mut line) = (BufReader::new(pipe), Vec::new());
    // A line without an end is cut somewhere.
    while pipe.by_ref().take(MOST_SAID as u64).read_until(b'\n', &mut line).is_ok_and(|it| it > 0) {
        let outcome = line.strip_prefix(mark.as_bytes()).filter(|_| !mark.is_empty());
        match outcome.and_then(|it| serde_json::from_slice::<Option<String>>(it).ok()) {
            Some(reason) => {
                let _ = sender.send(reason.map_or(Ok(()), Err));
            }
            None => {
                let mut said = said.lock().unwrap_or_else(PoisonError::into_inner);
                said.extend_from_slice(&line);
                let surplus = said.len().saturating_sub(MOST_SAID);
                said.drain(..surplus);
            }
        }
        line.clear();
    }
}

/// Waits for the end of the process, which is killed if it comes too late. `None` if it had to be.
fn ended(child: &mut Child, left: impl Fn() -> Duration) -> Option<ExitStatus> {
    let mut pause = Duration::from_micros(50);
    loop {
        if let Ok(Some(status)) = child.try_wait() {
            return Some(status);
        }
        if left().is_zero() {
            let _ = child.kill();
            let _ = child.wait();
            return None;
        }
        thread::sleep(pause.min(left()));
        pause = (pause * 2).min(PAUSE);
    }
}

fn judged(
    told: Option<Outcome>,
    status: Option<ExitStatus>,
    limit: Duration,
    said: &[u8],
) -> Outcome {
    let tail = || {
        let text = String::from_utf8_lossy(said);
        let lines: Vec<_> = text.lines().filter(|line| !line.trim().is_empty()).collect();
        let tail = &lines[lines.len().saturating_sub(TOLD)..];
        tail.iter().map(|line| format!("\n  {}", line.trim_end())).collect::<String>()
    };
    match (told, status) {
        (Some(outcome), Some(status)) if status.success() => outcome,
        (Some(Err(reason)), _) => Err(reason),
        (Some(Ok(())), Some(status)) => {
            Err(format!("it was kept, but its process then ended with {status}{}", tail()))
        }
        (Some(Ok(())), None) => {
            Err(format!("it was kept, but its process did not end within {limit:?}{}", tail()))
        }
        (None, Some(status)) => {
            Err(format!("its process ended before the case did: {status}{}", tail()))
        }
        (None, None) => {
            Err(format!("not over within {limit:?}: a wake was lost, or it hangs{}", tail()))
        }
    }
}
