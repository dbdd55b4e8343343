//! Which of several tasks or timers is next, where either could be.

pub(crate) mod random;
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
    /// What the body asks for.
    Body,
}

/// A choice of another than who came first.
#[derive(Clone, PartialEq, Eq, Debug)]
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
    /// What the body chooses for, and the way that it chose.
    pub(crate) what: Option<(String, String)>,
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

    /// First-come, but for these choices of another run, wherever they can be made: at the same instant, of the same task.
    pub(crate) fn like(seed: u64, made: Vec<Deviation>) -> Schedule {
        let strategy = Strategy::Like(made);
        Schedule { strategy, ..Schedule::noted(Seed::choices(seed, Vec::new())) }
    }

    pub(crate) fn seed(&self) -> &Seed {
        &self.seed
    }

    /// Chooses one of these, which came in this order. There are two at least.
    pub(crate) fn choose(&mut self, kind: Kind, at: Instant, line: &[Owner]) -> usize {
        let of = line.len() as u32;
        let choice = self.made;
        let place = self.strategy.choose(choice, kind, at, line).min(of - 1);
        let (chosen, first) = (line[place as usize], line[0]);
        self.note(Deviation { choice, place, at, kind, chosen, first, of, what: None });
        place as usize
    }

    /// Chooses one of these ways for the body. There are two at least.
    pub(crate) fn choose_way(
        &mut self,
        at: Instant,
        owner: Owner,
        what: &str,
        ways: &[&str],
    ) -> usize {
        let of = ways.len() as u32;
        let choice = self.made;
        let place = self.strategy.choose_way(choice, at, what, of).min(of - 1);
        let (kind, chosen, first) = (Kind::Body, owner, owner);
        let what = self.is_noted.then(|| (what.into(), ways[place as usize].into()));
        self.note(Deviation { choice, place, at, kind, chosen, first, of, what });
        place as usize
    }

    fn note(&mut self, made: Deviation) {
        self.made += 1;
        if self.is_noted {
            self.sizes.push(made.of);
            if made.place > 0 {
                self.deviations.push(made);
            }
        }
    }

    /// How many there were to choose from, choice by choice, and which choices were not first-come.
    pub(crate) fn into_choices(self) -> (Vec<u32>, Vec<Deviation>) {
        (self.sizes, self.deviations)
    }
}
