//! What a firmware logs with `defmt`. It looks as it does with `Debug`.

use anytempo::Deadline as DeadlineOf;
use defmt::{Format, Formatter, write};

use crate::{Deadline, Instant, Monotonic64, RticTimer, Sleep, Ticks};

impl<M> Format for RticTimer<M> {
    fn format(&self, f: Formatter<'_>) {
        write!(f, "RticTimer");
    }
}

impl<const HZ: u64> Format for Instant<HZ> {
    fn format(&self, f: Formatter<'_>) {
        write!(f, "Instant {{ ticks: {} }}", self.ticks);
    }
}

impl<const HZ: u64> Format for Ticks<HZ> {
    fn format(&self, f: Formatter<'_>) {
        write!(f, "Ticks({})", self.get());
    }
}

impl<const HZ: u64> Format for Deadline<HZ> {
    fn format(&self, f: Formatter<'_>) {
        write!(f, "{}", Option::<Instant<HZ>>::from(*self));
    }
}

impl<M: Monotonic64> Format for Sleep<M>
where
    DeadlineOf<RticTimer<M>>: Format,
{
    fn format(&self, f: Formatter<'_>) {
        write!(f, "Sleep {{ deadline: {}, .. }}", self.deadline);
    }
}
