/// What a program reports. `S` is its kind of string.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "program", derive(serde::Serialize))]
#[cfg_attr(feature = "program", serde(tag = "event", rename_all = "lowercase"))]
pub enum Event<S> {
    /// A stream gave an item.
    Item {
        /// The item.
        value: i64,
    },
    /// A stream gave an item that is no number.
    Marble {
        /// The item as it is shown on a timeline.
        marble: S,
    },
    /// A stream has ended.
    End,
    /// The body of a scope has begun.
    Enter,
    /// The resource of a scope was closed.
    Close,
    /// A scope was left.
    Exit {
        /// How, where there is more than one way.
        #[cfg_attr(feature = "program", serde(skip_serializing_if = "Option::is_none"))]
        outcome: Option<Outcome>,
    },
    /// A file was counted.
    File {
        /// The file.
        path: S,
        /// How many newline bytes are in it.
        newlines: u64,
    },
    /// A file could not be counted.
    Error {
        /// The file.
        path: S,
        /// Why.
        message: S,
    },
    /// No file is left.
    Total {
        /// The sum of all files that were counted.
        newlines: u64,
    },
}

/// How a scope was left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "program", derive(serde::Serialize))]
#[cfg_attr(feature = "program", serde(rename_all = "lowercase"))]
pub enum Outcome {
    /// At its end.
    Ok,
    /// With an error.
    Error,
    /// It was dropped halfway.
    Cancelled,
    /// By a panic.
    Panicked,
}

impl Outcome {
    /// The word for it, as in the JSON form.
    pub const fn name(self) -> &'static str {
        match self {
            Outcome::Ok => "ok",
            Outcome::Error => "error",
            Outcome::Cancelled => "cancelled",
            Outcome::Panicked => "panicked",
        }
    }
}

impl<S> Event<S> {
    /// The same with another kind of string.
    pub fn map<R>(self, string: impl Fn(S) -> R) -> Event<R> {
        match self {
            Event::Item { value } => Event::Item { value },
            Event::Marble { marble } => Event::Marble { marble: string(marble) },
            Event::End => Event::End,
            Event::Enter => Event::Enter,
            Event::Close => Event::Close,
            Event::Exit { outcome } => Event::Exit { outcome },
            Event::File { path, newlines } => Event::File { path: string(path), newlines },
            Event::Error { path, message } => {
                Event::Error { path: string(path), message: string(message) }
            }
            Event::Total { newlines } => Event::Total { newlines },
        }
    }
}

#[cfg(feature = "program")]
impl Event<String> {
    /// The same with borrowed strings.
    pub fn as_ref(&self) -> Event<&str> {
        match self {
            Event::File { path, newlines } => Event::File { path, newlines: *newlines },
            Event::Error { path, message } => Event::Error { path, message },
            Event::Marble { marble } => Event::Marble { marble },
            Event::Item { value } => Event::Item { value: *value },
            Event::End => Event::End,
            Event::Enter => Event::Enter,
            Event::Close => Event::Close,
            Event::Exit { outcome } => Event::Exit { outcome: *outcome },
            Event::Total { newlines } => Event::Total { newlines: *newlines },
        }
    }
}
