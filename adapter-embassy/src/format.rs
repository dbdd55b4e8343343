//! What a firmware logs with `defmt`. It looks as it does with `Debug`.

use defmt::{Format, Formatter, write};

use crate::{Deadline, EmbassyTimer, Instant, Sleep, Ticks};

impl Format for EmbassyTimer {
    fn format(&self, f: Formatter<'_>) {
        write!(f, "EmbassyTimer");
    }
}

impl Format for Instant {
    fn format(&self, f: Formatter<'_>) {
        write!(f, "Instant {{ ticks: {} }}", self.ticks);
    }
}

impl Format for Ticks {
    fn format(&self, f: Formatter<'_>) {
        write!(f, "Ticks({})", self.get());
    }
}

impl Format for Deadline {
    fn format(&self, f: Formatter<'_>) {
        write!(f, "{}", Option::<Instant>::from(*self));
    }
}

impl Format for Sleep {
    fn format(&self, f: Formatter<'_>) {
        write!(f, "Sleep {{ deadline: {} }}", self.deadline);
    }
}
