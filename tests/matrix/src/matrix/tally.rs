use crate::matrix::Cell;
use anytempo_conformance::harness::Verdict;

/// How a number of cells went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// As it should be.
    pub kept: usize,
    /// Not as it should be, but the runtime is excused. This is no success: it is counted beside both others.
    pub allowed: usize,
    /// Wrong.
    pub broken: usize,
}

impl Tally {
    /// Counts the cells.
    pub fn of<'a>(cells: impl IntoIterator<Item = &'a Cell>) -> Self {
        let mut tally = Self::default();
        for cell in cells {
            match cell.verdict {
                Verdict::Kept => tally.kept += 1,
                Verdict::Allowed { .. } => tally.allowed += 1,
                Verdict::Broken(_) => tally.broken += 1,
            }
        }
        tally
    }

    /// How many cells there are.
    pub fn all(&self) -> usize {
        self.kept + self.allowed + self.broken
    }
}
