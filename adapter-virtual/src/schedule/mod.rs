//! Which of several tasks or timers is next, where either could be.

mod line;
pub(crate) mod random;
mod seed;
mod strategy;

pub use seed::{ParseSeedError, Seed};

pub(crate) use line::{Candidates, Line};
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
    /// How many of the same owner come before it in the line.
    pub(crate) nth: u32,
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
    pub(crate) fn choose(&mut self, kind: Kind, at: Instant, line: &dyn Candidates) -> usize {
        let of = line.len() as u32;
        let choice = self.made;
        let place = self.strategy.choose(choice, kind, at, line).min(of - 1);
        if !self.is_noted {
            self.made += 1;
            return place as usize;
        }
        let (chosen, first) = (line.owner(place as usize), line.owner(0));
        // A task is in the line of those that are ready only once.
        let before = if kind == Kind::Firing { place as usize } else { 0 };
        let before = line.owners().take(before);
        let nth = before.filter(|&owner| owner == chosen).count() as u32;
        self.note(Deviation { choice, place, at, kind, chosen, first, nth, of, what: None });
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
        self.note(Deviation { choice, place, at, kind, chosen, first, nth: 0, of, what });
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

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: Owner = Owner::MAIN;
    const OTHER: Owner = Owner::NONE;

    /// What a schedule chooses that is like one which took the third of these lines of timers.
    fn like(made: [Owner; 4], line: &[Owner]) -> usize {
        let mut schedule = Schedule::noted(Seed::choices(0, vec![(0, 2)]));
        assert_eq!(schedule.choose(Kind::Firing, Instant::START, &Vec::from(made)), 2);
        let (_, deviations) = schedule.into_choices();
        Schedule::like(0, deviations).choose(Kind::Firing, Instant::START, &line.to_vec())
    }

    #[test]
    fn several_timers_of_one_task_are_told_apart() {
        assert_eq!(like([ONE; 4], &[ONE; 4]), 2);
        assert_eq!(like([OTHER, ONE, ONE, ONE], &[ONE; 4]), 1);
        assert_eq!(like([ONE; 4], &[OTHER, ONE, ONE, ONE]), 3);
        // There is no third one, so nothing is like it.
        assert_eq!(like([ONE; 4], &[OTHER, ONE, ONE, OTHER]), 0);
    }

    #[test]
    fn a_choice_is_made_again_only_at_its_instant() {
        let later = Instant::at(core::time::Duration::from_secs(1));
        let ways = &["arrives", "is lost"];
        let mut schedule = Schedule::noted(Seed::choices(0, vec![(0, 1), (1, 1)]));
        let line = vec![ONE, OTHER];
        assert_eq!(schedule.choose(Kind::Turn, later, &line), 1);
        assert_eq!(schedule.choose_way(later, ONE, "a message", ways), 1);
        let mut like = Schedule::like(0, schedule.into_choices().1);
        assert_eq!(like.choose(Kind::Turn, Instant::START, &line), 0);
        assert_eq!(like.choose(Kind::Firing, later, &line), 0);
        assert_eq!(like.choose(Kind::Turn, later, &line), 1);
        assert_eq!(like.choose_way(Instant::START, ONE, "a message", ways), 0);
        assert_eq!(like.choose_way(later, ONE, "another", ways), 0);
        assert_eq!(like.choose_way(later, ONE, "a message", ways), 1);
        // Each is made once.
        assert_eq!(like.choose(Kind::Turn, later, &line), 0);
        assert_eq!(like.into_choices().1.len(), 2);
    }
}
