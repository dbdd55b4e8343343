use core::fmt;

/// What happened in each second: items, and the end as `|`.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Timeline(Vec<Vec<String>>);

impl Timeline {
    /// Reads a timeline.
    #[track_caller]
    pub(super) fn parse(text: &str) -> Self {
        let (mut timeline, mut group) = (Self::default(), None::<Vec<String>>);
        let mut marble = None::<String>;
        for (at, c) in text.char_indices() {
            let wrong = |what: &str| -> ! {
                let column = text[..at].chars().count();
                panic!("{what}:\n  {text}\n  {:column$}^", "")
            };
            let ended = timeline.has_end() || group.as_ref().is_some_and(|it| ends(it));
            match c {
                _ if c.is_whitespace() => {}
                ']' if marble.is_some() => {
                    let whole = marble.take().map(|it| it + "]");
                    group.get_or_insert_default().extend(whole);
                }
                _ if marble.is_some() && is_item(c) => marble.get_or_insert_default().push(c),
                _ if marble.is_some() => wrong("brackets hold letters, digits and `!`"),
                ')' if group.as_ref().is_some_and(|it| !it.is_empty()) => {
                    timeline.0.extend(group.take());
                }
                _ if ended => wrong("nothing can follow the end `|`"),
                '(' if group.is_none() => group = Some(Vec::new()),
                '[' if group.is_some() => marble = Some("[".into()),
                '[' => wrong("an item in brackets has to be in a group, such as `([ab])`"),
                '-' if group.is_none() => timeline.0.push(Vec::new()),
                _ if is_item(c) || c == '|' => match &mut group {
                    Some(group) => group.push(c.into()),
                    None => timeline.0.push(vec![c.into()]),
                },
                _ => wrong("this has no meaning in a timeline"),
            }
        }
        if group.is_some() || marble.is_some() {
            panic!("a group or bracket is not closed:\n  {text}");
        }
        timeline
    }

    /// Adds something that happened in this second, and says how much has happened in it.
    pub(super) fn push(&mut self, second: usize, marble: String) -> usize {
        self.extend_to(second + 1);
        self.0[second].push(marble);
        self.0[second].len()
    }

    /// Nothing more happened until `length`.
    pub(super) fn extend_to(&mut self, length: usize) {
        if self.0.len() < length {
            self.0.resize(length, Vec::new());
        }
    }

    /// How many seconds it has.
    pub(super) fn length(&self) -> usize {
        self.0.len()
    }

    pub(super) fn has_end(&self) -> bool {
        self.0.last().is_some_and(|last| ends(last))
    }

    /// Everything that happens, with its second.
    pub(super) fn marbles(&self) -> impl Iterator<Item = (usize, &str)> {
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
