use std::collections::BTreeMap;

use super::random::Random;
use super::seed::Form;
use super::{Candidates, Deviation, Kind, Seed};
use crate::Instant;
use crate::current::Owner;

/// How a schedule chooses.
pub(crate) enum Strategy {
    /// Each with the same probability.
    Random(Random),
    Priorities(Priorities),
    /// First-come, but for these choices.
    Script(BTreeMap<u64, u32>),
    /// First-come, but for these choices, each where it can be made first.
    Like(Vec<Deviation>),
}

/// Each task has a priority, and the highest one that is ready has its turn. At a few choices the one that would have it falls
/// below all others.
///
/// This is PCT, probabilistic concurrency testing. It finds a bug that needs `d` orderings, among `n` tasks and `k` choices, with
/// a probability of at least 1 / (n k^(d-1)).
pub(crate) struct Priorities {
    random: Random,
    /// By number, and zero for those that were in no line yet. The main future has none, and is the first.
    of: Vec<u64>,
    /// The choices at which a priority changes.
    changes: Vec<u64>,
    /// Below all that are drawn. It goes down with each change.
    lowest: u64,
    /// Whose turn it was last, and how often in a row.
    last: Option<usize>,
    repeats: u32,
}

/// After so many turns in a row a task falls below all others: it waits for one of them, and yields meanwhile.
const PATIENCE: u32 = 100;

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
                    of: Vec::new(),
                    changes,
                    lowest: DRAWN - 1,
                    last: None,
                    repeats: 0,
                })
            }
            Form::Choices { choices, .. } => Strategy::Script(choices.iter().copied().collect()),
        }
    }

    /// The place in the line of the one that is next.
    pub(crate) fn choose(
        &mut self,
        choice: u64,
        kind: Kind,
        at: Instant,
        line: &dyn Candidates,
    ) -> u32 {
        match self {
            Strategy::Priorities(priorities) if kind == Kind::Turn => {
                priorities.choose(choice, line) as u32
            }
            Strategy::Like(made) => {
                let place = |it: &Deviation| {
                    let same = (0..).zip(line.owners()).filter(|(_, owner)| *owner == it.chosen);
                    same.map(|(place, _)| place).nth(it.nth as usize)
                };
                let is_it = |it: &Deviation| it.kind == kind && it.at == at && place(it).is_some();
                let like = made.iter().position(is_it).map(|index| made.remove(index));
                like.and_then(|it| place(&it)).unwrap_or(0)
            }
            // A timer has no priority of its own: whom it wakes has one.
            _ => self.choose_number(choice, line.len() as u32),
        }
    }

    /// The place of the way that the body goes.
    pub(crate) fn choose_way(&mut self, choice: u64, at: Instant, what: &str, of: u32) -> u32 {
        match self {
            Strategy::Like(made) => {
                let is_what = |it: &Deviation| it.what.as_ref().is_some_and(|(it, _)| it == what);
                let is_it = |it: &Deviation| it.kind == Kind::Body && it.at == at && is_what(it);
                made.iter().position(is_it).map_or(0, |index| made.remove(index).place)
            }
            _ => self.choose_number(choice, of),
        }
    }

    /// A number below `of`.
    fn choose_number(&mut self, choice: u64, of: u32) -> u32 {
        match self {
            Strategy::Random(random) => random.below(of.into()) as u32,
            Strategy::Priorities(priorities) => priorities.random.below(of.into()) as u32,
            Strategy::Script(script) => script.get(&choice).copied().unwrap_or(0),
            Strategy::Like(_) => 0,
        }
    }
}

impl Priorities {
    fn choose(&mut self, choice: u64, line: &dyn Candidates) -> usize {
        let line: Vec<usize> = line.owners().map(index).collect();
        for &task in &line {
            if self.of.len() <= task {
                self.of.resize(task + 1, 0);
            }
            if self.of[task] == 0 {
                self.of[task] = self.random.next() | DRAWN;
            }
        }
        if self.changes.contains(&choice) {
            self.lower(line[self.highest(&line)]);
        }
        let mut highest = self.highest(&line);
        let task = line[highest];
        self.repeats = if self.last == Some(task) { self.repeats + 1 } else { 0 };
        if self.repeats == PATIENCE {
            self.lower(task);
            highest = self.highest(&line);
        }
        self.last = Some(line[highest]);
        highest
    }

    /// Puts a task below all others.
    fn lower(&mut self, task: usize) {
        self.lowest -= 1;
        self.of[task] = self.lowest;
    }

    fn highest(&self, line: &[usize]) -> usize {
        (0..line.len()).max_by_key(|&place| self.of[line[place]]).unwrap_or(0)
    }
}

/// Where the priority of a task is. Tasks have numbers from one.
fn index(owner: Owner) -> usize {
    if owner == Owner::MAIN { 0 } else { owner.number() as usize }
}
