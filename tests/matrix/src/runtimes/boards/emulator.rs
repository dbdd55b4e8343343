use core::time::Duration;
use std::io::{self, BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;

use crate::runtimes::boards::{Board, End, firmware};
use crate::words::plain;

/// Time goes on with each instruction, and leaps over what the processor sleeps through: so it is the same in every run.
const TIME: &str = "shift=0,sleep=off";

/// The same at 256 ns an instruction: under RTIC the processor does not sleep, as SysTick would then be too fast.
const AWAKE: &str = "shift=8,sleep=off";

/// Whether the program is on this machine.
pub(super) fn is_there(emulator: &str) -> bool {
    let mut command = Command::new(emulator);
    command.arg("--version").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// Runs a command on a board. Once the board has said nothing for so long, it is stopped.
pub(super) fn run(
    board: &Board,
    firmware: &firmware::File,
    command: &str,
    patience: Duration,
    mut line: impl FnMut(&str) -> Result<(), String>,
) -> End {
    let words: String = command.split(' ').map(|word| format!(",arg={word}")).collect();
    let started = Command::new(board.emulator)
        .args(board.machine)
        .args(["-display", "none", "-serial", "null", "-monitor", "none"])
        .args(["-semihosting-config", &format!("enable=on,target=native{words}")])
        .args(["-icount", if board.is_rtic { AWAKE } else { TIME }])
        .arg("-kernel")
        .arg(&firmware.0)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut running = match started {
        Ok(child) => Running(child),
        Err(error) => {
            return End::Failed(format!("{} cannot be started: {}", board.emulator, plain(&error)));
        }
    };
    let (out, err) = (running.0.stdout.take(), running.0.stderr.take());
    let (Some(out), Some(err)) = (out, err) else {
        return End::Failed(format!("{} cannot be listened to", board.emulator));
    };
    let complaint = move || {
        let mut complaint = String::new();
        // What is no text says nothing.
        let _ = BufReader::new(err).read_to_string(&mut complaint);
        complaint
    };
    let (complaint, lines) =
        match thread::Builder::new().spawn(complaint).and_then(|it| Ok((it, lines(out)?))) {
            Ok(both) => both,
            Err(error) => {
                let why = plain(&error);
                return End::Failed(format!("no thread can be started to listen to it: {why}"));
            }
        };
    let mut verdict = None;
    loop {
        match lines.recv_timeout(patience) {
            Ok(said) => match end(&said) {
                Some(end) => verdict = Some(end),
                None => {
                    if let Err(why) = line(&said) {
                        return End::Failed(why);
                    }
                }
            },
            Err(RecvTimeoutError::Timeout) => {
                return End::Failed(format!("it hangs: it has said nothing for {patience:?}"));
            }
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    let status = match running.0.wait() {
        Ok(status) => status,
        Err(error) => return End::Failed(format!("{} is lost: {}", board.emulator, plain(&error))),
    };
    match verdict {
        Some(end) if !status.success() => end,
        None if status.success() => End::Right,
        _ => {
            let complaint = complaint.join().unwrap_or_default();
            let complaint = complaint.lines().next().unwrap_or("it does not say why");
            End::Failed(format!("{} has ended with {status}: {complaint}", board.emulator))
        }
    }
}

/// The end that a board has said that it comes to.
fn end(line: &str) -> Option<End> {
    let (word, why) = line.split_once(' ')?;
    let why = why.to_owned();
    Some(match word {
        "broken" => End::Broken(why),
        "refused" => End::Refused(why),
        "panic" => End::Failed(format!("it panicked: {why}")),
        "fault" => End::Failed(format!("it has a fault: {why}")),
        "hang" => End::Failed(format!("it hangs: {why}")),
        _ => return None,
    })
}

/// The lines as they come, from a thread of their own, as nothing else can be waited for with a limit.
fn lines(out: impl Read + Send + 'static) -> io::Result<Receiver<String>> {
    let (sender, receiver) = channel();
    thread::Builder::new().spawn(move || {
        for line in BufReader::new(out).lines() {
            // Nobody is there to receive it once the board is stopped.
            if line.is_ok_and(|line| sender.send(line).is_err()) {
                break;
            }
        }
    })?;
    Ok(receiver)
}

/// An emulator that does not outlive whoever listens to it.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // Each fails only if it has ended.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
