//! Which of several tasks or timers is next, where either could be.

mod random;
mod seed;
mod strategy;

pub use seed::{ParseSeedError, Seed};

pub(crate) use random::Random;
pub(crate) use seed::from_environment;

use crate::Instant;
use crate::current::Owner;
use strategy::Strategy;

/// Makes the choices of one run, and notes them.
pub(crate) struct Schedule {
    seed: Seed,
    strategy: Strategy,
    /// How many there were to choose from, choice by choice, if the choices are noted.
    sizes: Vec<u32>,
    is_noted: bool,
    /// How many choices were made.
    made: u64,
    /// Those in which it was not the turn of who came first.
    deviations: Vec<Deviation>,
}

/// What is chosen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    /// The task that is polled next.
    Turn,
    /// The timer that fires next, of those with one deadline.
    Firing,
}

/// A choice of another than who came first.
#[derive(Clone, Debug)]
pub(crate) struct Deviation {
    /// The number of the choice in its run, from zero.
    pub(crate) choice: u64,
    /// The place in the line of the one that was chosen.
    pub(crate) place: u32,
    pub(crate) at: Instant,
    pub(crate) kind: Kind,
    pub(crate) chosen: Owner,
    pub(crate) first: Owner,
    /// How many there were to choose from.
    pub(crate) of: u32,
}

impl Schedule {
    pub(crate) fn new(seed: Seed) -> Schedule {
        let strategy = Strategy::new(&seed);
        Schedule {
            seed,
            strategy,
            sizes: Vec::new(),
            is_noted: false,
            made: 0,
            deviations: Vec::new(),
        }
    }

    /// One that notes its choices.
    pub(crate) fn noted(seed: Seed) -> Schedule {
        Schedule { is_noted: true, ..Schedule::new(seed) }
    }

    pub(crate) fn seed(&self) -> &Seed {
        &self.seed
    }

    /// Chooses one of these, which came in this order. There are two at least.
    pub(crate) fn choose(&mut self, kind: Kind, at: Instant, line: &[Owner]) -> usize {
        let choice = self.made;
        self.made += 1;
        let place = self.strategy.choose(choice, kind, line).min(line.len() - 1);
        if self.is_noted {
            self.sizes.push(line.len() as u32);
        }
        if self.is_noted && place > 0 {
            self.deviations.push(Deviation {
                choice,
                place: place as u32,
                at,
                kind,
                chosen: line[place],
                first: line[0],
                of: line.len() as u32,
            });
        }
        place
    }

    /// How many there were to choose from, choice by choice, and which choices were not first-come.
    pub(crate) fn into_choices(self) -> (Vec<u32>, Vec<Deviation>) {
        (self.sizes, self.deviations)
    }
}
