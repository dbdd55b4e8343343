use super::VirtualClock;
use crate::Seed;
use crate::current;
use crate::schedule::{Deviation, Kind, Line, Random, Schedule, from_environment};

/// What the seed of a clock settles.
impl VirtualClock {
    /// Creates a clock whose executor chooses at random what is next: see [`Seed`].
    ///
    /// An [`Executor`](crate::Executor) on this clock chooses which of the ready tasks it polls next, and the clock chooses in
    /// which order timers with one deadline fire. If the environment has an `ANYTEMPO_SEED`, that is the seed.
    ///
    /// # Panics
    ///
    /// If `ANYTEMPO_SEED` is set and is not the text of a seed.
    ///
    /// # Examples
    ///
    /// ```
    /// use anytempo_virtual::{Executor, VirtualClock};
    /// use std::{cell::RefCell, collections::BTreeSet};
    ///
    /// let orders: BTreeSet<Vec<u32>> = (0..100)
    ///     .map(|seed| {
    ///         let order = RefCell::new(Vec::new()).into();
    ///         let executor = Executor::new(&VirtualClock::seeded(seed));
    ///         for number in 0..3 {
    ///             let order = std::rc::Rc::clone(&order);
    ///             executor.spawn(async move { order.borrow_mut().push(number) });
    ///         }
    ///         executor.run().unwrap();
    ///         order.take()
    ///     })
    ///     .collect();
    /// assert_eq!(orders.len(), 6, "every order of three tasks");
    /// ```
    #[must_use]
    pub fn seeded(seed: impl Into<Seed>) -> VirtualClock {
        let seed = from_environment().unwrap_or_else(|| seed.into());
        VirtualClock::with_schedule(Schedule::new(seed))
    }

    pub(crate) fn with_schedule(schedule: Schedule) -> VirtualClock {
        let clock = VirtualClock::new();
        {
            let mut state = clock.lock();
            // Not the numbers that make the choices, which would go together with them.
            state.random = Random::new(!schedule.seed().number());
            state.schedule = Some(Box::new(schedule));
        }
        clock
    }

    /// The seed of this clock's runs, if it has one.
    #[must_use]
    pub fn seed(&self) -> Option<Seed> {
        self.lock().schedule.as_ref().map(|schedule| schedule.seed().clone())
    }

    /// Returns a random number that the seed settles, for what the test itself leaves to chance, such as a lost message.
    ///
    /// A clock without a seed gives the same numbers in every run. The choices of the schedule do not change them.
    ///
    /// # Examples
    ///
    /// ```
    /// use anytempo_virtual::VirtualClock;
    ///
    /// let number = |seed: u64| VirtualClock::seeded(seed).random();
    /// assert_eq!(number(1), number(1));
    /// assert_ne!(number(1), number(2));
    /// ```
    #[must_use]
    pub fn random(&self) -> u64 {
        self.lock().random.next()
    }

    /// Returns a random number below `bound` that the seed settles, as [`random`](VirtualClock::random) does; zero if `bound` is.
    #[must_use]
    pub fn random_below(&self, bound: u64) -> u64 {
        self.lock().random.below(bound)
    }

    /// Lets the schedule choose what happens to `what`, as a place in `ways`: a message arrives, or is lost.
    ///
    /// The first way is what happens without a seed. Make it the usual one: an exploration looks for the fewest choices of
    /// another, and writes each as `what` and the way. [`random`](VirtualClock::random) is for what need not be shrunk.
    ///
    /// Without ways, or with one, it is zero.
    ///
    /// # Examples
    ///
    /// ```
    /// let failure = anytempo_virtual::explore(0..100, async |sim| {
    ///     let is_lost = |number| sim.choose(&format!("message {number}"), &["arrives", "is lost"]) == 1;
    ///     let lost = (0..10).filter(|&number| is_lost(number)).count();
    ///     assert!(lost < 2, "two messages are lost");
    /// })
    /// .unwrap_err();
    /// assert_eq!(failure.choices().len(), 2);
    /// assert!(failure.choices()[0].ends_with(" is lost"));
    /// ```
    #[must_use]
    pub fn choose(&self, what: &str, ways: &[&str]) -> usize {
        let mut state = self.lock();
        let now = state.now;
        match &mut state.schedule {
            Some(schedule) if ways.len() > 1 => {
                schedule.choose_way(now, current::owner(), what, ways)
            }
            _ => 0,
        }
    }

    /// Chooses the task that is next. There are two at least.
    pub(crate) fn choose_turn(&self, line: &Line) -> usize {
        let mut state = self.lock();
        let now = state.now;
        state.schedule.as_mut().map_or(0, |schedule| schedule.choose(Kind::Turn, now, line))
    }

    /// How many there were to choose from at each choice, and which choices were not first-come. From now on all are.
    pub(crate) fn take_choices(&self) -> (Vec<u32>, Vec<Deviation>) {
        let schedule = self.lock().schedule.take();
        schedule.map_or((Vec::new(), Vec::new()), |schedule| schedule.into_choices())
    }
}
