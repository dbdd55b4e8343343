//! A job, and the ways to do it.

/// Something that is done many times over, in several ways that can be compared.
#[derive(Debug)]
pub struct Job {
    /// A name in the form of an identifier, which is part of the name of each measurement.
    pub name: &'static str,
    /// What the table says.
    pub title: &'static str,
    /// How often it is done in the smaller of the two measurements; in the larger one it is twice as often.
    pub times: u32,
    /// Whether it waits for real, so that its figures have some noise.
    pub is_real: bool,
    /// How often a timer of the runtime allocates each time, where the first way has no timer.
    pub timer_allocates: f64,
    /// The first is what the others are compared with: the best that can be written by hand.
    pub ways: &'static [Way],
}

/// One way to do a job.
#[derive(Debug)]
pub struct Way {
    /// A name in the form of an identifier, unique in its job.
    pub name: &'static str,
    /// Whose it is.
    pub of: Of,
    /// Does the job so many times.
    pub run: fn(u32),
}

/// Whose way it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// Written by hand on the runtime's own timer, as well as it can be.
    Hand,
    /// anytempo's.
    Anytempo,
    /// A peer's, or what people write.
    Peer,
}

impl Job {
    /// The name of a measurement of one of its ways.
    pub fn measurement(&self, way: &Way, times: u32) -> String {
        format!("{}__{}__{times}", self.name, way.name)
    }

    /// Both numbers of times for which it is measured. What a way costs each time is the difference, by the number of
    /// times that lie between: so the start of the process, and of the runtime, does not count.
    pub fn both_times(&self) -> [u32; 2] {
        [self.times, self.times * 2]
    }
}
