use anytempo_matrix::words::plain;
use clap::Error;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::cli::{MISUSED, WRONG};

/// Why nothing is run.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) code: u8,
    pub(super) sentence: String,
}

impl Refusal {
    /// The arguments make no sense.
    pub(super) fn misused(sentence: impl Into<String>) -> Self {
        Self { code: MISUSED, sentence: sentence.into() }
    }

    /// The files for the program `lines` cannot be made.
    pub(super) fn no_files(error: std::io::Error) -> Self {
        Self::wrong(format!("the files for the program `lines` cannot be made: {}", plain(&error)))
    }

    /// They do, but this machine cannot carry them out.
    pub(super) fn wrong(sentence: impl Into<String>) -> Self {
        Self { code: WRONG, sentence: sentence.into() }
    }
}

/// Says what is wrong with the arguments, and what to do, in one sentence.
pub(super) fn sentence(error: &Error) -> String {
    let said = |kind| error.get(kind).map(words).unwrap_or_default();
    let argument = said(ContextKind::InvalidArg);
    let argument = argument.trim_end_matches("...");
    let value = said(ContextKind::InvalidValue);
    let subcommand = said(ContextKind::InvalidSubcommand);
    // Without the name of its value.
    let option = argument.split([' ', '=']).next().unwrap_or_default();

    let wrong = match error.kind() {
        ErrorKind::ValueValidation => {
            let reason = core::error::Error::source(error).map(ToString::to_string);
            let reason = reason.unwrap_or_default();
            return format!("`{value}` is not valid for {option}: {reason}");
        }
        ErrorKind::InvalidValue | ErrorKind::WrongNumberOfValues => {
            format!("{option} needs a value")
        }
        ErrorKind::TooManyValues => format!("`{value}` is one argument too many"),
        ErrorKind::UnknownArgument if !argument.starts_with('-') => {
            format!("`{argument}` is one argument too many")
        }
        ErrorKind::UnknownArgument => {
            unknown("option", argument, error.get(ContextKind::SuggestedArg))
        }
        ErrorKind::InvalidSubcommand => {
            unknown("program", &subcommand, error.get(ContextKind::SuggestedSubcommand))
        }
        ErrorKind::MissingRequiredArgument => format!("{argument} is missing"),
        ErrorKind::ArgumentConflict => match said(ContextKind::PriorArg) {
            other if other.is_empty() || other == said(ContextKind::InvalidArg) => {
                format!("{option} is there more than once")
            }
            other => {
                format!("there cannot be both {argument} and {}", other.trim_end_matches("..."))
            }
        },
        ErrorKind::InvalidUtf8 => "an argument is not UTF-8".into(),
        kind => format!("the arguments cannot be understood: {kind}"),
    };
    format!("{wrong}; see anytempo --help")
}

fn unknown(kind: &str, name: &str, similar: Option<&ContextValue>) -> String {
    match similar {
        Some(similar) => format!("there is no {kind} `{name}`, but there is {}", words(similar)),
        None => format!("there is no {kind} `{name}`"),
    }
}

/// The value in one line, whatever was typed.
fn words(value: &ContextValue) -> String {
    let text = match value {
        ContextValue::Strings(several) => several.join(" and "),
        one => one.to_string(),
    };
    text.escape_debug().to_string().replace("\\'", "'").replace("\\\"", "\"")
}
