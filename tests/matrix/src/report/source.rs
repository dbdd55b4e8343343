use core::fmt;

use serde::Deserialize;
use serde_json::Value;

use super::bench::Bench;
use super::costs::Costs;
use super::firmware::{Instructions, Sizes};
use super::marbles::Operators;
use super::matrix::Matrix;

/// A file of results.
#[derive(Clone, Debug)]
pub struct Source {
    /// The name of the file, for people.
    pub(super) name: String,
    pub(super) content: Content,
}

#[derive(Clone, Debug)]
pub(super) enum Content {
    Matrix(Matrix),
    Bench(Bench),
    Operators(Operators),
    Sizes(Vec<Sizes>),
    Instructions(Vec<Instructions>),
    Costs(Costs),
}

/// Why a text is not a file of results.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotASource {
    /// Nothing is in it.
    Empty,
    /// Its end is missing.
    Truncated {
        /// The line where it ends.
        line: usize,
    },
    /// It is not JSON.
    NotJson(String),
    /// It is JSON, but no command writes such a document.
    Unknown,
    /// Another version of the program wrote it.
    Version {
        /// That version.
        version: String,
        /// The command that writes it anew.
        command: &'static str,
    },
    /// A part of it is missing or has another form.
    Malformed {
        /// The command that writes it anew.
        command: &'static str,
        /// What is wrong.
        why: String,
    },
}

/// A kind of document.
struct Kind {
    /// What writes it.
    command: &'static str,
    /// Whether a document is of this kind, by fields that only this one has.
    is: fn(&Value) -> bool,
    read: fn(Value) -> Result<Content, serde_json::Error>,
}

const KINDS: [Kind; 6] = [
    Kind {
        command: "anytempo matrix --json FILE",
        is: |it| it["partition"].is_string(),
        read: |it| Deserialize::deserialize(it).map(Content::Matrix),
    },
    Kind {
        command: "anytempo bench --json FILE",
        is: |it| it["crowds"].is_array(),
        read: |it| Deserialize::deserialize(it).map(Content::Bench),
    },
    Kind {
        command: "anytempo operators --format json",
        is: |it| it["tick_us"].is_number(),
        read: |it| Deserialize::deserialize(it).map(Content::Operators),
    },
    Kind {
        command: "./check.sh cost",
        is: |it| it[0]["flash for time"].is_number(),
        read: |it| Deserialize::deserialize(it).map(Content::Sizes),
    },
    Kind {
        command: "./check.sh cost",
        is: |it| it[0]["board"].is_string() && it[0]["instructions"].is_number(),
        read: |it| Deserialize::deserialize(it).map(Content::Instructions),
    },
    Kind {
        command: "./check.sh perf",
        is: |it| it["figures"].is_array(),
        read: |it| Deserialize::deserialize(it).map(Content::Costs),
    },
];

impl Source {
    /// Reads the text of a file, whose name is only for people.
    ///
    /// # Errors
    ///
    /// If the text is not what a command of this version writes.
    pub fn read(name: impl Into<String>, text: &str) -> Result<Self, NotASource> {
        if text.trim().is_empty() {
            return Err(NotASource::Empty);
        }
        let value: Value = serde_json::from_str(text).map_err(|error| {
            if error.is_eof() {
                NotASource::Truncated { line: error.line() }
            } else {
                NotASource::NotJson(error.to_string())
            }
        })?;
        let kind = KINDS.iter().find(|kind| (kind.is)(&value));
        let Kind { command, read, .. } = kind.ok_or(NotASource::Unknown)?;
        if let Some(version) = version(&value).filter(|it| *it != env!("CARGO_PKG_VERSION")) {
            return Err(NotASource::Version { version: version.to_owned(), command });
        }
        let content = read(value)
            .map_err(|error| NotASource::Malformed { command, why: error.to_string() })?;
        Ok(Self { name: name.into(), content })
    }

    /// The number of results of the matrix, and how many of them are failures.
    pub fn results(&self) -> (usize, usize) {
        match &self.content {
            Content::Matrix(matrix) => matrix.results(),
            _ => (0, 0),
        }
    }
}

/// Figures of firmware and of instructions have none: they are of the working tree.
fn version(value: &Value) -> Option<&str> {
    value.get("anytempo").or_else(|| value.get("version"))?.as_str()
}

impl fmt::Display for NotASource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str(
                "is empty; a command that writes such a file was interrupted, so run it again",
            ),
            Self::Truncated { line } => write!(
                f,
                "ends in the middle of line {line}; copy it again, or run the command that wrote it again"
            ),
            Self::NotJson(why) => write!(f, "is not JSON: {why}; {READS}"),
            Self::Unknown => write!(f, "is JSON, but not of a kind that report knows; {READS}"),
            Self::Version { version, command } => write!(
                f,
                "was written by version {} of anytempo, and this is {}; run `{command}` of this version",
                version.escape_debug(),
                env!("CARGO_PKG_VERSION")
            ),
            Self::Malformed { command, why } => {
                write!(f, "is not what `{command}` writes: {why}; run that command again")
            }
        }
    }
}

/// What to give instead.
const READS: &str = "report reads what `matrix --json`, `merge --json`, `bench --json`, `operators --format json`, `./check.sh cost` and \
                     `./check.sh perf` write";
