use core::fmt;
use core::time::Duration;

use crate::suite::Allowance;

/// What became of a promise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It was kept.
    Kept,
    /// It need not be kept, and was not.
    Allowed {
        /// Why it need not be kept.
        why: &'static str,
        /// How it was broken. `None` if the case was not tried.
        seen: Option<String>,
    },
    /// It was broken: here is how. Also where it was kept but need not have been, as the allowance is then out of date.
    Broken(String),
}

impl Verdict {
    /// What is to be told of a promise that was not kept. The first line says why, if it need not be.
    pub fn reason(&self) -> Option<String> {
        match self {
            Verdict::Kept => None,
            Verdict::Allowed { why, seen: None } => Some(format!("not tried: {why}")),
            Verdict::Allowed { why, seen: Some(seen) } => {
                Some(format!("allowed to fail: {why}\n{seen}"))
            }
            Verdict::Broken(reason) => Some(reason.clone()),
        }
    }

    /// What the outcome of a case means for a promise, with its allowance.
    pub(super) fn of(outcome: Result<(), String>, allowance: Option<&Allowance>) -> Self {
        match (outcome, allowance) {
            (Ok(()), None) => Verdict::Kept,
            (Err(reason), None) => Verdict::Broken(reason),
            (Err(reason), Some(allowance)) => {
                Verdict::Allowed { why: allowance.why(), seen: Some(reason) }
            }
            (Ok(()), Some(_)) => Verdict::Broken("it is kept, so the allowance can go".into()),
        }
    }
}

/// A case that has been tried on a runtime.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tried {
    /// The name of the runtime.
    pub runtime: String,
    /// What the case is about.
    pub group: &'static str,
    /// The promise, in few words.
    pub name: &'static str,
    /// What became of it.
    pub verdict: Verdict,
    /// The real time that it took.
    pub took: Duration,
}

/// How many promises were kept, allowed and broken: "250 kept, 3 allowed, 0 broken".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Kept.
    pub kept: usize,
    /// Not kept, and listed as allowed; or allowed, and not tried.
    pub allowed: usize,
    /// Broken.
    pub broken: usize,
}

impl Tally {
    /// Counts the verdicts.
    pub fn of<'a>(verdicts: impl IntoIterator<Item = &'a Verdict>) -> Self {
        let mut tally = Self::default();
        for verdict in verdicts {
            match verdict {
                Verdict::Kept => tally.kept += 1,
                Verdict::Allowed { .. } => tally.allowed += 1,
                Verdict::Broken(_) => tally.broken += 1,
            }
        }
        tally
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} kept, {} allowed, {} broken", self.kept, self.allowed, self.broken)
    }
}
