//! The command of the host: words, with a blank between them.
//!
//! ```text
//! countdown COUNT DELAY delay|fixed
//! range START END STEP DELAY
//! generate START END DELAY
//! stall DELAY
//! close ok|error|cancel|panic
//! lines LIST                    the path of a file that names files, as in `files.rs`
//! case GROUP::NAME
//! phases, alarms                see `phases.rs` and `alarms.rs`
//! fault, panic, hang            what they say, to see that each is found
//! ```
//!
//! A delay is in seconds, with nine digits after the point: 1.500000000.

use core::fmt;
use core::mem::MaybeUninit;
use core::str::{FromStr, SplitAsciiWhitespace, from_utf8};
use core::time::Duration;

use anytempo_matrix::programs::{self, Body, Rate};
use semihosting::sys::arm_compat::sys_get_cmdline_uninit;

use crate::files::BoardFiles;

/// What there is to do.
pub(crate) enum Command<'a> {
    Program(programs::Command<BoardFiles>),
    Case(&'a str),
    Phases,
    Alarms,
    Fault,
    Panic,
    Hang,
}

/// Why a command cannot be run.
pub(crate) enum Refusal<'a> {
    Unreadable,
    Missing(&'static str),
    Invalid { what: &'static str, word: &'a str },
    Surplus(&'a str),
    List(&'a str),
    Unwinding,
}

impl fmt::Display for Refusal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::Unreadable => {
                write!(f, "the command is not UTF-8, or longer than {LONGEST} bytes")
            }
            Refusal::Missing(what) => write!(f, "the command lacks {what}"),
            Refusal::Invalid { what, word } => write!(f, "`{word}` is not valid for {what}"),
            Refusal::Surplus(word) => write!(f, "`{word}` is one word too many"),
            Refusal::List(path) => write!(f, "the list of files cannot be read: {path}"),
            Refusal::Unwinding => f.write_str(
                "nothing can unwind on a board, as a panic ends everything there: \
                 `close` has the bodies ok, error and cancel",
            ),
        }
    }
}

const LONGEST: usize = 1024;

/// Where the command lies.
pub(crate) struct Line([MaybeUninit<u8>; LONGEST]);

impl Line {
    pub(crate) const fn new() -> Self {
        Self([const { MaybeUninit::uninit() }; LONGEST])
    }

    pub(crate) fn read(&mut self) -> Result<Command<'_>, Refusal<'_>> {
        let line = sys_get_cmdline_uninit(&mut self.0).map_err(|_| Refusal::Unreadable)?;
        let line = from_utf8(line).map_err(|_| Refusal::Unreadable)?;
        command(&mut Words(line.split_ascii_whitespace()))
    }
}

struct Words<'a>(SplitAsciiWhitespace<'a>);

impl<'a> Words<'a> {
    fn word(&mut self, what: &'static str) -> Result<&'a str, Refusal<'a>> {
        self.0.next().ok_or(Refusal::Missing(what))
    }

    fn parse<T: FromStr>(&mut self, what: &'static str) -> Result<T, Refusal<'a>> {
        let word = self.word(what)?;
        word.parse().map_err(|_| Refusal::Invalid { what, word })
    }

    fn delay(&mut self) -> Result<Duration, Refusal<'a>> {
        let word = self.word("a delay")?;
        delay(word).ok_or(Refusal::Invalid { what: "a delay", word })
    }

    fn choice<T: Copy>(
        &mut self,
        what: &'static str,
        choices: &[(&str, T)],
    ) -> Result<T, Refusal<'a>> {
        let word = self.word(what)?;
        let chosen = choices.iter().find(|(name, _)| *name == word);
        chosen.map(|(_, choice)| *choice).ok_or(Refusal::Invalid { what, word })
    }
}

fn delay(word: &str) -> Option<Duration> {
    let (seconds, nanos) = word.split_once('.')?;
    let nanos = nanos.parse().ok().filter(|nanos| *nanos < 1_000_000_000 && word.len() > 9)?;
    Some(Duration::new(seconds.parse().ok()?, nanos))
}

fn command<'a>(words: &mut Words<'a>) -> Result<Command<'a>, Refusal<'a>> {
    const RATES: &[(&str, Rate)] = &[("delay", Rate::Delay), ("fixed", Rate::Fixed)];
    const BODIES: &[(&str, Body)] = &[
        ("ok", Body::Ok),
        ("error", Body::Error),
        ("cancel", Body::Cancel),
        ("panic", Body::Panic),
    ];
    use programs::Command as Program;
    let name = words.word("the name of a program")?;
    let command = match name {
        "countdown" => Command::Program(Program::Countdown {
            count: words.parse("a count")?,
            delay: words.delay()?,
            rate: words.choice("a rate", RATES)?,
        }),
        "range" => Command::Program(Program::Range {
            start: words.parse("a start")?,
            end: words.parse("an end")?,
            step: words.parse("a step")?,
            delay: words.delay()?,
        }),
        "generate" => Command::Program(Program::Generate {
            start: words.parse("a start")?,
            end: words.parse("an end")?,
            delay: words.delay()?,
        }),
        "stall" => Command::Program(Program::Stall { delay: words.delay()? }),
        "close" => match words.choice("a body", BODIES)? {
            Body::Panic => return Err(Refusal::Unwinding),
            body => Command::Program(Program::Close { body }),
        },
        "lines" => {
            let path = words.word("a list of files")?;
            let files = BoardFiles::listed_in(path).map_err(|_| Refusal::List(path))?;
            Command::Program(Program::Lines { files })
        }
        "case" => Command::Case(words.word("the name of a case")?),
        "phases" => Command::Phases,
        "alarms" => Command::Alarms,
        "fault" => Command::Fault,
        "panic" => Command::Panic,
        "hang" => Command::Hang,
        word => return Err(Refusal::Invalid { what: "the name of a program", word }),
    };
    match words.0.next() {
        None => Ok(command),
        Some(word) => Err(Refusal::Surplus(word)),
    }
}
