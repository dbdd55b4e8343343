//! The command of the host: words, with a blank between them.
//!
//! ```text
//! countdown COUNT DELAY delay|fixed
//! range START END STEP DELAY
//! generate START END DELAY
//! stall DELAY
//! close ok|error|cancel|panic
//! operators TICK SOURCE OPERATOR ...         one of `operator`, with its arguments in the order there
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

use anytempo::stream::AnyRate;
use anytempo_matrix::programs::{self, Body, Operation, Operator, Rate};
use semihosting::sys::arm_compat::sys_get_cmdline_uninit;
use static_cell::ConstStaticCell;

use crate::files::BoardFiles;

/// What there is to do.
pub(crate) enum Command {
    Program(programs::Command<BoardFiles, &'static str>),
    Case(&'static str),
    Phases,
    Alarms,
    Fault,
    Panic,
    Hang,
}

/// Why a command cannot be run.
pub(crate) enum Refusal {
    Unreadable,
    Missing(&'static str),
    Invalid { what: &'static str, word: &'static str },
    Surplus(&'static str),
    List(&'static str),
    Unwinding,
    Allocating,
}

impl fmt::Display for Refusal {
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
            Refusal::Allocating => {
                f.write_str("a board has no heap, in which `chunks_within` collects items")
            }
        }
    }
}

const LONGEST: usize = 1024;

/// Where the command lies, as long as the board runs.
static LINE: ConstStaticCell<[MaybeUninit<u8>; LONGEST]> =
    ConstStaticCell::new([const { MaybeUninit::uninit() }; LONGEST]);

/// Reads the command. It can be called once.
pub(crate) fn read() -> Result<Command, Refusal> {
    let line = sys_get_cmdline_uninit(LINE.take()).map_err(|_| Refusal::Unreadable)?;
    let line = from_utf8(line).map_err(|_| Refusal::Unreadable)?;
    command(&mut Words(line.split_ascii_whitespace()))
}

struct Words(SplitAsciiWhitespace<'static>);

impl Words {
    fn word(&mut self, what: &'static str) -> Result<&'static str, Refusal> {
        self.0.next().ok_or(Refusal::Missing(what))
    }

    fn parse<T: FromStr>(&mut self, what: &'static str) -> Result<T, Refusal> {
        let word = self.word(what)?;
        word.parse().map_err(|_| Refusal::Invalid { what, word })
    }

    fn delay(&mut self) -> Result<Duration, Refusal> {
        let word = self.word("a delay")?;
        delay(word).ok_or(Refusal::Invalid { what: "a delay", word })
    }

    fn maybe(&mut self) -> Result<Option<Duration>, Refusal> {
        let word = self.word("a delay or `none`")?;
        let delay = if word == "none" { Some(None) } else { delay(word).map(Some) };
        delay.ok_or(Refusal::Invalid { what: "a delay or `none`", word })
    }

    fn any_rate(&mut self) -> Result<AnyRate, Refusal> {
        const RATES: &[(&str, AnyRate)] = &[
            ("fixed-delay", AnyRate::FixedDelay),
            ("spaced", AnyRate::Spaced),
            ("fixed-rate", AnyRate::FixedRate),
            ("skip", AnyRate::Skip),
        ];
        self.choice("a rate", RATES)
    }

    fn choice<T: Copy>(&mut self, what: &'static str, choices: &[(&str, T)]) -> Result<T, Refusal> {
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

fn command(words: &mut Words) -> Result<Command, Refusal> {
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
        "operators" => Command::Program(Program::Operators(Operation {
            tick: words.delay()?,
            source: words.word("a source")?,
            operator: operator(words)?,
        })),
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

fn operator(words: &mut Words) -> Result<Operator, Refusal> {
    let name = words.word("the name of an operator")?;
    Ok(match name {
        "pace" => Operator::Pace { delay: words.delay()?, rate: words.any_rate()? },
        "burst" => {
            Operator::PaceBurst { delay: words.delay()?, burst: words.parse("a number of items")? }
        }
        "stall" => Operator::Stall { delay: words.delay()? },
        "throttle_latest" => Operator::ThrottleLatest { period: words.delay()? },
        "throttle_first" => Operator::ThrottleFirst { period: words.delay()? },
        "sample" => Operator::Sample { period: words.delay()? },
        "debounce" => Operator::Debounce { quiet: words.delay()?, at_most: words.maybe()? },
        "timeout_each" => Operator::TimeoutEach {
            limit: words.delay()?,
            first: words.maybe()?,
            repeating: words.parse("whether it is repeating")?,
        },
        "keep_alive" => Operator::KeepAlive { idle: words.delay()? },
        "fold_within" => {
            Operator::FoldWithin { window: words.delay()?, most: words.parse("a number of items")? }
        }
        "chunks_within" => return Err(Refusal::Allocating),
        "take_for" => Operator::TakeFor { span: words.delay()? },
        "take_before" => Operator::TakeBefore { span: words.delay()? },
        "timestamped" => Operator::Timestamped,
        "time_between" => Operator::TimeBetween,
        "interval" => Operator::Interval { period: words.delay()?, rate: words.any_rate()? },
        "interval_after" => Operator::IntervalAfter {
            delay: words.delay()?,
            period: words.delay()?,
            rate: words.any_rate()?,
        },
        "interval_at" => Operator::IntervalAt {
            delay: words.delay()?,
            period: words.delay()?,
            rate: words.any_rate()?,
        },
        "idle_timeout" => Operator::IdleTimeout { limit: words.delay()? },
        word => return Err(Refusal::Invalid { what: "the name of an operator", word }),
    })
}
