//! What arguments mean. Each error is the end of a sentence that begins with which argument is wrong.

use core::fmt::Display;
use core::num::NonZero;
use core::slice::from_ref;
use core::str::FromStr;
use core::time::Duration;

use anytempo::stream::AnyRate;
use anytempo_matrix::bench::Part;
use anytempo_matrix::matrix::Partition;
use anytempo_matrix::programs::{Body, Rate};
use anytempo_matrix::runtimes::RUNTIMES;
use humantime::DurationError;

use crate::cli::args::{Format, Runtimes};
use crate::cli::json;

pub(super) fn count(text: &str) -> Result<u32, String> {
    whole(text, u32::MIN, u32::MAX)
}

pub(super) fn number(text: &str) -> Result<i64, String> {
    whole(text, i64::MIN, i64::MAX)
}

pub(super) fn step(text: &str) -> Result<NonZero<i64>, String> {
    NonZero::new(number(text)?).ok_or_else(|| "it must not be 0".into())
}

fn whole<N: FromStr + Display + PartialOrd>(text: &str, least: N, most: N) -> Result<N, String> {
    let number = text.parse().ok().filter(|number| (&least..=&most).contains(&number));
    number.ok_or_else(|| format!("it takes a whole number from {least} to {most}"))
}

pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let text = text.trim();
    if text.starts_with('-') {
        return Err("it must not be negative".into());
    }
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return Err(format!("a duration needs a unit, such as {text}s or {text}ms"));
    }
    humantime::parse_duration(text).map_err(|error| match error {
        DurationError::NumberOverflow => "it is too long or too precise".into(),
        DurationError::UnknownUnit { unit, .. } if !unit.is_empty() => {
            format!("unknown unit `{unit}`; use ns, us, ms, s, min, h, days, weeks, months (M) and years")
        }
        _ => "it takes a number with a unit, such as 5s, 20ms or 1h30m".into(),
    })
}

pub(super) fn rate(text: &str) -> Result<Rate, String> {
    choice(text, &[("delay", Rate::Delay), ("fixed", Rate::Fixed)])
}

pub(super) fn any_rate(text: &str) -> Result<(&'static str, AnyRate), String> {
    let choices = [
        ("fixed-delay", AnyRate::FixedDelay),
        ("spaced", AnyRate::Spaced),
        ("fixed-rate", AnyRate::FixedRate),
        ("skip", AnyRate::Skip),
    ]
    .map(|(name, rate)| (name, (name, rate)));
    choice(text, &choices)
}

/// The times that are reported have no more digits.
pub(super) fn tick(text: &str) -> Result<Duration, String> {
    let tick = duration(text)?;
    match (tick.is_zero(), tick.subsec_nanos() % 1000) {
        (true, _) => Err("it must not be 0".into()),
        (false, 0) => Ok(tick),
        (false, _) => Err("it must be a whole number of microseconds".into()),
    }
}

pub(super) fn most(text: &str) -> Result<usize, String> {
    whole(text, 1, 1000)
}

pub(super) fn body(text: &str) -> Result<Body, String> {
    choice(
        text,
        &[
            ("ok", Body::Ok),
            ("error", Body::Error),
            ("cancel", Body::Cancel),
            ("panic", Body::Panic),
        ],
    )
}

pub(super) fn format(text: &str) -> Result<Format, String> {
    choice(text, &[("text", Format::Text), ("json", Format::Json)])
}

pub(super) fn format_help() -> String {
    format!("How to print what happens [default: text]. {}", json::NUMBERS)
}

pub(super) fn runtimes(text: &str) -> Result<Runtimes, String> {
    let choices: Vec<(&str, Runtimes)> =
        RUNTIMES.iter().map(|it| (it.name, from_ref(it))).chain([("all", RUNTIMES)]).collect();
    choice(text, &choices)
}

pub(super) fn runtimes_help() -> String {
    let names: Vec<&str> = RUNTIMES.iter().map(|runtime| runtime.name).collect();
    let (names, first) = (names.join(", "), names[0]);
    format!(
        "Where to run: {names} or all; may be repeated [default: {first}; of the matrix and of bench: all]"
    )
}

pub(super) fn partition(text: &str) -> Result<Partition, String> {
    text.parse().map_err(str::to_owned)
}

pub(super) fn part(text: &str) -> Result<Part, String> {
    choice(text, &Part::ALL)
}

pub(super) fn parts_help() -> String {
    let names = Part::ALL.map(|(name, _)| name).join(", ");
    format!("What to measure: {names}; may be repeated [default: all of them]")
}

/// The most tasks that can be asked for: more than any machine has memory for.
const MOST_TASKS: usize = 100_000_000;

pub(super) fn size(text: &str) -> Result<usize, String> {
    let (digits, unit) = match text.as_bytes().last() {
        Some(b'k') => (&text[..text.len() - 1], 1000),
        Some(b'M') => (&text[..text.len() - 1], 1_000_000),
        _ => (text, 1),
    };
    let size = digits.parse::<usize>().ok().and_then(|number| number.checked_mul(unit));
    size.filter(|size| (1..=MOST_TASKS).contains(size))
        .ok_or_else(|| "it takes a whole number from 1 to 100M, such as 500, 10k or 1M".into())
}

pub(super) fn rounds(text: &str) -> Result<u32, String> {
    whole(text, 1, 1000)
}

fn choice<T: Copy>(text: &str, choices: &[(&str, T)]) -> Result<T, String> {
    let chosen = choices.iter().find(|(name, _)| *name == text);
    chosen.map(|(_, choice)| *choice).ok_or_else(|| {
        let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
        format!("it takes one of {}", names.join(", "))
    })
}
