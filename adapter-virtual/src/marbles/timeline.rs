use core::fmt;
use core::str::FromStr;

/// A timeline: what happens in each tick.
///
/// [`FromStr`] reads it, and [`Display`](fmt::Display) writes it, in the notation of [this module](super).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Timeline(Vec<Vec<String>>);

/// Why a text is no timeline, in one sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimelineError {
    what: String,
    /// The text up to the wrong character, and that character.
    place: Option<(usize, char)>,
}

impl TimelineError {
    pub(super) fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), place: None }
    }

    /// The sentence, the text, and a caret below the wrong character.
    pub(super) fn pointed(&self, text: &str) -> String {
        let Self { what, place } = self;
        match place {
            Some((column, _)) => format!("{what}:\n  {text}\n  {:column$}^", ""),
            None => format!("{what}:\n  {text}"),
        }
    }
}

impl fmt::Display for TimelineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        match self.place {
            Some((column, wrong)) => write!(f, ": `{wrong}` in column {}", column + 1),
            None => Ok(()),
        }
    }
}

impl core::error::Error for TimelineError {}

impl FromStr for Timeline {
    type Err = TimelineError;

    fn from_str(text: &str) -> Result<Self, TimelineError> {
        let (mut timeline, mut group) = (Self::default(), None::<Vec<String>>);
        let mut marble = None::<String>;
        for (at, c) in text.char_indices() {
            let wrong = |what: &str| {
                let place = Some((text[..at].chars().count(), c));
                Err(TimelineError { what: what.into(), place })
            };
            let ended = timeline.has_end() || group.as_ref().is_some_and(|it| ends(it));
            match c {
                _ if c.is_whitespace() => {}
                ']' if marble.is_some() => {
                    let whole = marble.take().map(|it| it + "]");
                    group.get_or_insert_default().extend(whole);
                }
                _ if marble.is_some() && is_item(c) => marble.get_or_insert_default().push(c),
                _ if marble.is_some() => return wrong("brackets hold letters, digits and `!`"),
                ')' if group.as_ref().is_some_and(|it| !it.is_empty()) => {
                    timeline.0.extend(group.take());
                }
                _ if ended => return wrong("nothing can follow the end `|`"),
                '(' if group.is_none() => group = Some(Vec::new()),
                '[' if group.is_some() => marble = Some("[".into()),
                '[' => return wrong("an item in brackets has to be in a group, such as `([ab])`"),
                '-' if group.is_none() => timeline.0.push(Vec::new()),
                _ if is_item(c) || c == '|' => match &mut group {
                    Some(group) => group.push(c.into()),
                    None => timeline.0.push(vec![c.into()]),
                },
                _ => return wrong("this has no meaning in a timeline"),
            }
        }
        if group.is_some() || marble.is_some() {
            return Err(TimelineError::new("a group or bracket is not closed"));
        }
        Ok(timeline)
    }
}

impl Timeline {
    /// Reads a timeline, or panics.
    #[track_caller]
    pub(super) fn parse(text: &str) -> Self {
        text.parse().unwrap_or_else(|error: TimelineError| panic!("{}", error.pointed(text)))
    }

    /// Adds an item, or the end as `|`, to a tick. Returns how many this tick has now.
    ///
    /// The text is not checked: only one that [`Marble`](super::Marble) allows can be read again.
    ///
    /// # Panics
    ///
    /// If there is no memory for so many ticks.
    pub fn push(&mut self, tick: usize, marble: String) -> usize {
        self.extend_to(tick.saturating_add(1));
        self.0[tick].push(marble);
        self.0[tick].len()
    }

    /// Adds empty ticks up to `length`.
    pub fn extend_to(&mut self, length: usize) {
        if self.0.len() < length {
            self.0.resize(length, Vec::new());
        }
    }

    /// Returns the number of ticks.
    pub fn length(&self) -> usize {
        self.0.len()
    }

    /// Returns whether it ends with `|`.
    pub fn has_end(&self) -> bool {
        self.0.last().is_some_and(|last| ends(last))
    }

    /// Returns each item, and the end as `|`, with its tick.
    pub fn marbles(&self) -> impl Iterator<Item = (usize, &str)> {
        self.0.iter().enumerate().flat_map(|(second, marbles)| {
            marbles.iter().map(move |marble| (second, marble.as_str()))
        })
    }

    /// Panics unless the other one is the same.
    #[track_caller]
    pub(super) fn compare(&self, source: &str, seen: &Timeline) {
        if self == seen {
            return;
        }
        let same = self.0.iter().zip(&seen.0).take_while(|(a, b)| a == b).count();
        // Up to there the two texts are the same.
        let column = Timeline(self.0[..same].to_vec()).to_string().chars().count();
        panic!(
            "the timelines differ at {same} s:\n  source    {source}\n  expected  {self}\n  seen      {seen}\n            {:column$}^",
            ""
        );
    }
}

fn is_item(c: char) -> bool {
    c.is_alphanumeric() || c == '!'
}

fn ends(marbles: &[String]) -> bool {
    marbles.last().is_some_and(|last| last == "|")
}

impl fmt::Display for Timeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for second in &self.0 {
            match second.as_slice() {
                [] => f.write_str("-")?,
                [marble] if marble.chars().count() == 1 => f.write_str(marble)?,
                several => write!(f, "({})", several.concat())?,
            }
        }
        Ok(())
    }
}
