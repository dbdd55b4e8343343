use std::collections::BTreeMap;

use super::random::Random;
use super::seed::Form;
use super::{Kind, Seed};
use crate::current::Owner;

/// How a schedule chooses.
pub(crate) enum Strategy {
    /// Each with the same probability.
    Random(Random),
    Priorities(Priorities),
    /// First-come, but for these choices.
    Script(BTreeMap<u64, u32>),
}

/// Each task has a priority, and the highest one that is ready has its turn. At a few choices the one that would have it falls
/// below all others.
///
/// This is PCT, probabilistic concurrency testing. It finds a bug that needs `d` orderings, among `n` tasks and `k` choices, with
/// a probability of at least 1 / (n k^(d-1)).
pub(crate) struct Priorities {
    random: Random,
    of: BTreeMap<u32, u64>,
    /// The choices at which a priority changes.
    changes: Vec<u64>,
    /// Below all that are drawn. It goes down with each change.
    lowest: u64,
}

/// Priorities that are drawn are at or above this.
const DRAWN: u64 = 1 << 32;

impl Strategy {
    pub(crate) fn new(seed: &Seed) -> Strategy {
        match seed.form() {
            Form::Random(seed) => Strategy::Random(Random::new(*seed)),
            Form::Priorities { seed, changes, choices } => {
                let mut random = Random::new(*seed);
                let changes = (0..*changes).map(|_| random.below((*choices).max(1))).collect();
                Strategy::Priorities(Priorities {
                    random,
                    of: BTreeMap::new(),
                    changes,
                    lowest: DRAWN - 1,
                })
            }
            Form::Choices { choices, .. } => Strategy::Script(choices.iter().copied().collect()),
        }
    }

    pub(crate) fn choose(&mut self, choice: u64, kind: Kind, line: &[Owner]) -> usize {
        match self {
            Strategy::Random(random) => random.below(line.len() as u64) as usize,
            Strategy::Priorities(priorities) => match kind {
                Kind::Turn => priorities.choose(choice, line),
                // A timer has no priority of its own: whom it wakes has one.
                Kind::Firing => priorities.random.below(line.len() as u64) as usize,
            },
            Strategy::Script(script) => script.get(&choice).map_or(0, |&place| place as usize),
        }
    }
}

impl Priorities {
    fn choose(&mut self, choice: u64, line: &[Owner]) -> usize {
        for task in line {
            let random = &mut self.random;
            self.of.entry(task.number()).or_insert_with(|| random.next() | DRAWN);
        }
        if self.changes.contains(&choice) {
            let highest = self.highest(line);
            self.lowest -= 1;
            self.of.insert(line[highest].number(), self.lowest);
        }
        self.highest(line)
    }

    fn highest(&self, line: &[Owner]) -> usize {
        let priority = |&place: &usize| self.of.get(&line[place].number());
        (0..line.len()).max_by_key(priority).unwrap_or(0)
    }
}
