use core::fmt;
use core::panic::Location;
use core::time::Duration;

/// How a case ended.
pub type Outcome = Result<(), Failure>;

/// A promise that was not kept: what was expected, what was seen, and where.
#[derive(Clone, Copy, Debug)]
pub struct Failure {
    what: &'static str,
    seen: Seen,
    place: &'static Location<'static>,
}

/// What was there instead. It is small and needs no heap, as boards tell it too.
#[derive(Clone, Copy, Debug)]
pub(super) enum Seen {
    /// Just that it was not so.
    Otherwise,
    /// This, and how long after the start.
    After(&'static str, Duration),
    /// An end so long after the start, and before it was due by the second.
    Early(Duration, Duration),
    /// As for `Early`, but after it was due.
    Late(Duration, Duration),
    /// An end so long before the deadline.
    Before(Duration),
    /// Another number.
    Count(usize),
    /// How much happened, and what came last.
    Log(usize, Option<&'static str>),
}

impl Failure {
    /// A failure that is not of a case's own finding, such as that nothing can happen any more.
    ///
    /// `what` says what was expected.
    #[track_caller]
    pub const fn new(what: &'static str) -> Self {
        Self { what, seen: Seen::Otherwise, place: Location::caller() }
    }

    pub(super) const fn seen(self, seen: Seen) -> Self {
        Self { seen, ..self }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected: {}", self.what)?;
        match self.seen {
            Seen::Otherwise => {}
            Seen::After(what, after) => write!(f, "; seen: {what}, {after:?} after the start")?,
            Seen::Early(after, by) => {
                write!(f, "; seen: over {after:?} after the start, {by:?} early")?;
            }
            Seen::Late(after, by) => {
                write!(f, "; seen: over {after:?} after the start, {by:?} late")?;
            }
            Seen::Before(left) => write!(f, "; seen: over {left:?} before the deadline")?,
            Seen::Count(count) => write!(f, "; seen: {count}")?,
            Seen::Log(_, None) => f.write_str("; seen: nothing happened")?,
            Seen::Log(1, Some(last)) => write!(f, "; seen: `{last}` and no more")?,
            Seen::Log(count, Some(last)) => write!(f, "; seen: {count} events, the last `{last}`")?,
        }
        write!(f, " ({}:{})", self.place.file(), self.place.line())
    }
}

impl core::error::Error for Failure {}

/// Fails the case unless `so`; `what` says what is expected.
#[track_caller]
pub fn check(so: bool, what: &'static str) -> Outcome {
    if so { Ok(()) } else { Err(Failure::new(what)) }
}

/// Fails the case unless `count` is `expected`. The failure tells the count.
#[track_caller]
pub fn check_count(
    count: impl TryInto<usize>,
    expected: impl TryInto<usize>,
    what: &'static str,
) -> Outcome {
    // No count is as large as that, so it is as good as any other that is wrong.
    let count = count.try_into().unwrap_or(usize::MAX);
    if Ok(count) == expected.try_into().map_err(drop) {
        return Ok(());
    }
    Err(Failure::new(what).seen(Seen::Count(count)))
}
