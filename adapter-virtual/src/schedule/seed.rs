use core::error::Error;
use core::fmt;
use core::str::FromStr;
use std::env;

/// The variable of the environment that says which run to replay.
const VARIABLE: &str = "ANYTEMPO_SEED";

/// Which of the possible runs of a program takes place.
///
/// A run with a seed chooses which of the ready tasks is polled next, and in which order timers with one deadline fire. The same
/// seed gives the same run, on every machine, and in every version of this crate with the same minor number.
///
/// A seed is made of a number, and has a text that can be pasted: [`Display`](fmt::Display) writes it, [`FromStr`] reads it.
///
/// | text | choices |
/// |---|---|
/// | `17` | each is random |
/// | `pct:17:3:250` | random priorities of tasks, which change at 3 of the first 250 choices |
/// | `choices:17:4=1,19=2` | first-come, but the second in line at choice 4, and the third at choice 19 |
///
/// The first number also settles [`VirtualClock::random`](crate::VirtualClock::random).
///
/// # Replay
///
/// The text of the seed is in each error and panic of the run. `ANYTEMPO_SEED=17 cargo test the_test` runs it again: the variable
/// replaces the seed of every seeded run and of every exploration.
///
/// # Examples
///
/// ```
/// use anytempo_virtual::Seed;
///
/// let seed: Seed = "choices:17:4=1,19=2".parse().unwrap();
/// assert_eq!(seed.to_string(), "choices:17:4=1,19=2");
/// assert_eq!(Seed::from(17).to_string(), "17");
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
#[doc(alias = "MADSIM_TEST_SEED")]
pub struct Seed(Form);

#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) enum Form {
    Random(u64),
    Priorities {
        seed: u64,
        changes: u16,
        choices: u64,
    },
    /// In the order of the choices.
    Choices {
        seed: u64,
        choices: Vec<(u64, u32)>,
    },
}

impl Seed {
    pub(crate) fn form(&self) -> &Form {
        &self.0
    }

    pub(crate) fn pct(seed: u64, changes: u16, choices: u64) -> Seed {
        Seed(Form::Priorities { seed, changes, choices })
    }

    /// First-come, but for these choices.
    pub(crate) fn choices(seed: u64, choices: Vec<(u64, u32)>) -> Seed {
        Seed(Form::Choices { seed, choices })
    }

    /// The number that it is made of, the same for a seed and for the choices that its failure is shrunk to.
    #[must_use]
    pub fn number(&self) -> u64 {
        match self.0 {
            Form::Random(seed) | Form::Priorities { seed, .. } | Form::Choices { seed, .. } => seed,
        }
    }

    /// The line that replays the run.
    pub(crate) fn replay(&self) -> impl fmt::Display {
        struct Line<'a>(&'a Seed);
        impl fmt::Display for Line<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "seed {}; to run it again: {VARIABLE}={}", self.0, self.0)
            }
        }
        Line(self)
    }
}

/// The seed that the environment asks for.
///
/// # Panics
///
/// If there is one that cannot be read. To go on with another would hide that.
pub(crate) fn from_environment() -> Option<Seed> {
    let text = env::var_os(VARIABLE).filter(|text| !text.is_empty())?;
    let seed = text.to_str().unwrap_or("").parse();
    Some(seed.unwrap_or_else(|_| {
        let form = "it must be a number, or a line such as pct:17:3:250 or choices:17:4=1,19=2";
        panic!("{VARIABLE} is {text:?}, which is not a seed: {form}")
    }))
}

impl From<u64> for Seed {
    fn from(seed: u64) -> Seed {
        Seed(Form::Random(seed))
    }
}

impl fmt::Display for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Form::Random(seed) => write!(f, "{seed}"),
            Form::Priorities { seed, changes, choices } => {
                write!(f, "pct:{seed}:{changes}:{choices}")
            }
            Form::Choices { seed, choices } => {
                write!(f, "choices:{seed}:")?;
                for (at, (choice, place)) in choices.iter().enumerate() {
                    write!(f, "{}{choice}={place}", if at > 0 { "," } else { "" })?;
                }
                Ok(())
            }
        }
    }
}

impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Seed({self})")
    }
}

impl FromStr for Seed {
    type Err = ParseSeedError;

    fn from_str(text: &str) -> Result<Seed, ParseSeedError> {
        parse(text.trim()).map(Seed).ok_or_else(|| ParseSeedError { text: text.into() })
    }
}

fn parse(text: &str) -> Option<Form> {
    if let Some(text) = text.strip_prefix("choices:") {
        let (seed, list) = text.split_once(':')?;
        let seed = seed.parse().ok()?;
        let choice = |pair: &str| {
            let (choice, place) = pair.split_once('=')?;
            Some((choice.parse().ok()?, place.parse().ok()?))
        };
        let pairs = list.split(',').filter(|pair| !pair.is_empty());
        let choices = pairs.map(choice).collect::<Option<_>>()?;
        return Some(Form::Choices { seed, choices });
    }
    if let Some(numbers) = text.strip_prefix("pct:") {
        let mut numbers = numbers.split(':');
        let seed = numbers.next()?.parse().ok()?;
        let changes = numbers.next()?.parse().ok()?;
        let choices = numbers.next()?.parse().ok()?;
        return numbers.next().is_none().then_some(Form::Priorities { seed, changes, choices });
    }
    text.parse().ok().map(Form::Random)
}

/// The text is not that of a [`Seed`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ParseSeedError {
    text: String,
}

impl fmt::Display for ParseSeedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let forms = "a seed is a number, or a text such as pct:17:3:250 or choices:17:4=1,19=2";
        write!(f, "{:?} is not a seed: {forms}", self.text)
    }
}

impl Error for ParseSeedError {}
