//! Commands and events as boards have them: words, with a blank between them.

use core::time::Duration;
use std::ffi::OsStr;
use std::io::{self, Write};

use anytempo::stream::AnyRate;
use tempfile::NamedTempFile;

use crate::programs::host::Command;
use crate::programs::{Body, Event, Operation, Operator, Outcome, Rate};

/// The command, and the list of files that it names, which must be there as long as it runs.
pub(super) fn command(command: Command) -> io::Result<(String, Option<NamedTempFile>)> {
    let words = match command {
        Command::Countdown { count, delay, rate } => {
            let rate = match rate {
                Rate::Delay => "delay",
                Rate::Fixed => "fixed",
            };
            format!("countdown {count} {} {rate}", seconds(delay))
        }
        Command::Range { start, end, step, delay } => {
            format!("range {start} {end} {step} {}", seconds(delay))
        }
        Command::Generate { start, end, delay } => {
            format!("generate {start} {end} {}", seconds(delay))
        }
        Command::Stall { delay } => format!("stall {}", seconds(delay)),
        Command::Close { body } => {
            let body = match body {
                Body::Ok => "ok",
                Body::Error => "error",
                Body::Cancel => "cancel",
                Body::Panic => "panic",
            };
            format!("close {body}")
        }
        Command::Operators(Operation { operator, source, tick }) => {
            format!("operators {} {source} {}", seconds(tick), self::operator(operator))
        }
        Command::Lines { files } => {
            let mut list = NamedTempFile::new()?;
            let paths: String = files.iter().map(|path| word(path.as_os_str()) + "\n").collect();
            list.write_all(paths.as_bytes())?;
            return Ok((format!("lines {}", word(list.path().as_os_str())), Some(list)));
        }
    };
    Ok((words, None))
}

/// An operator and its arguments, in the order of `tests/firmware/boards/src/command.rs`.
fn operator(operator: Operator) -> String {
    let maybe = |time: Option<Duration>| time.map_or("none".into(), seconds);
    let rate = |rate| match rate {
        AnyRate::FixedDelay => "fixed-delay",
        AnyRate::Spaced => "spaced",
        AnyRate::FixedRate => "fixed-rate",
        AnyRate::Skip => "skip",
        // The board refuses the word.
        _ => "unknown",
    };
    let with_delay = |name, delay, period, it| {
        format!("{name} {} {} {}", seconds(delay), seconds(period), rate(it))
    };
    match operator {
        Operator::Pace { delay, rate: it } => format!("pace {} {}", seconds(delay), rate(it)),
        Operator::PaceBurst { delay, burst } => format!("burst {} {burst}", seconds(delay)),
        Operator::Stall { delay } => format!("stall {}", seconds(delay)),
        Operator::ThrottleLatest { period } => format!("throttle_latest {}", seconds(period)),
        Operator::ThrottleFirst { period } => format!("throttle_first {}", seconds(period)),
        Operator::Sample { period } => format!("sample {}", seconds(period)),
        Operator::Debounce { quiet, at_most } => {
            format!("debounce {} {}", seconds(quiet), maybe(at_most))
        }
        Operator::TimeoutEach { limit, first, repeating } => {
            format!("timeout_each {} {} {repeating}", seconds(limit), maybe(first))
        }
        Operator::KeepAlive { idle } => format!("keep_alive {}", seconds(idle)),
        Operator::FoldWithin { window, most } => {
            format!("fold_within {} {most}", seconds(window))
        }
        // The board says why it cannot.
        Operator::ChunksWithin { .. } => "chunks_within".into(),
        Operator::TakeFor { span } => format!("take_for {}", seconds(span)),
        Operator::TakeBefore { span } => format!("take_before {}", seconds(span)),
        Operator::Timestamped => "timestamped".into(),
        Operator::TimeBetween => "time_between".into(),
        Operator::Interval { period, rate: it } => {
            format!("interval {} {}", seconds(period), rate(it))
        }
        Operator::IntervalAfter { delay, period, rate } => {
            with_delay("interval_after", delay, period, rate)
        }
        Operator::IntervalAt { delay, period, rate } => {
            with_delay("interval_at", delay, period, rate)
        }
        Operator::IdleTimeout { limit } => format!("idle_timeout {}", seconds(limit)),
    }
}

fn seconds(duration: Duration) -> String {
    format!("{}.{:09}", duration.as_secs(), duration.subsec_nanos())
}

/// A path in a word, without anything that would end it.
fn word(path: &OsStr) -> String {
    let mut word = String::new();
    for piece in path.as_encoded_bytes().utf8_chunks() {
        for character in piece.valid().chars() {
            let is_odd = character.is_whitespace() || character.is_control();
            if is_odd || ",%:".contains(character) {
                let mut bytes = [0; 4];
                escape(&mut word, character.encode_utf8(&mut bytes).as_bytes());
            } else {
                word.push(character);
            }
        }
        escape(&mut word, piece.invalid());
    }
    word
}

fn escape(word: &mut String, bytes: &[u8]) {
    for byte in bytes {
        *word += &format!("%{byte:02X}");
    }
}

/// The path that a word stands for; what is not UTF-8 in it is shown as �.
fn path(word: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = word.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        let digits =
            after.get(..2).filter(|_| *byte == b'%').and_then(|it| str::from_utf8(it).ok());
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*byte);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// An event, and when it happened. The error says that the line is none.
pub(super) fn event(line: &str) -> Result<(u128, Event<String>), String> {
    parsed(line).ok_or_else(|| format!("it has said what is no event: {line:?}"))
}

fn parsed(line: &str) -> Option<(u128, Event<String>)> {
    let (t_us, line) = line.split_once(' ')?;
    let (kind, rest) = line.split_once(' ').unwrap_or((line, ""));
    let event = match (kind, rest) {
        ("item", value) => Event::Item { value: value.parse().ok()? },
        ("marble", marble) if !marble.is_empty() => Event::Marble { marble: marble.to_owned() },
        ("end", "") => Event::End,
        ("enter", "") => Event::Enter,
        ("close", "") => Event::Close,
        ("exit", "") => Event::Exit { outcome: None },
        ("exit", how) => {
            let ways = [Outcome::Ok, Outcome::Error, Outcome::Cancelled, Outcome::Panicked];
            Event::Exit { outcome: Some(ways.into_iter().find(|way| way.name() == how)?) }
        }
        ("file", rest) => {
            let (newlines, word) = rest.split_once(' ')?;
            Event::File { path: path(word), newlines: newlines.parse().ok()? }
        }
        ("error", rest) => {
            let (word, message) = rest.split_once(' ')?;
            Event::Error { path: path(word), message: message.to_owned() }
        }
        ("total", newlines) => Event::Total { newlines: newlines.parse().ok()? },
        _ => return None,
    };
    Some((t_us.parse().ok()?, event))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_paths_are_words() {
        for odd in ["a b", "two\nlines", "50%", "%41", ":tt", "a,b", "\t\u{a0}ä€", "", "-1"] {
            let word = word(odd.as_ref());
            assert!(!word.contains(|it: char| it.is_whitespace() || it == ',' || it == ':'));
            assert_eq!(path(&word), odd);
        }
        assert_eq!(path("100%"), "100%");
        assert_eq!(path("%FF.txt"), "\u{fffd}.txt");
    }

    #[cfg(unix)]
    #[test]
    fn a_path_that_is_not_utf8_is_a_word() {
        use std::os::unix::ffi::OsStrExt;
        assert_eq!(word(OsStr::from_bytes(b"a\xffb")), "a%FFb");
    }

    #[test]
    fn lines_are_events() {
        let said = |line: &str| event(line).ok();
        assert_eq!(said("10007 item -3"), Some((10007, Event::Item { value: -3 })));
        let marble = Event::Marble { marble: "[a0]".into() };
        assert_eq!(said("7 marble [a0]"), Some((7, marble)));
        assert_eq!(said("0 exit"), Some((0, Event::Exit { outcome: None })));
        let outcome = Some(Outcome::Cancelled);
        assert_eq!(said("7 exit cancelled"), Some((7, Event::Exit { outcome })));
        let file = Event::File { path: "a b".into(), newlines: 3 };
        assert_eq!(said("1 file 3 a%20b"), Some((1, file)));
        let error = Event::Error { path: "".into(), message: "there is no such file".into() };
        assert_eq!(said("1 error  there is no such file"), Some((1, error)));
        for line in [
            "",
            "item 3",
            "x item 3",
            "1 item",
            "1 end 2",
            "1 marble",
            "1 exit sideways",
            "1 file 3",
        ] {
            assert_eq!(said(line), None, "{line}");
        }
    }
}
