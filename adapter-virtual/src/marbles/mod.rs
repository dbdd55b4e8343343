//! Timelines as text, for tests and documentation of streams.
//!
//! A character is a second. The text that a person reads is the text that the test compares:
//!
//! ```
//! use anytempo::StreamTimeExt;
//! use anytempo_virtual::marbles;
//! use core::time::Duration;
//!
//! marbles::check(
//!     "abc----d--|",
//!     |source, clock| source.pace(clock, Duration::from_secs(2)),
//!     "a-b-c--d--|",
//! );
//! ```
//!
//! - `-` is a second in which nothing happens.
//! - Any letter or digit is an item.
//! - `!` is an error, such as [`Elapsed`](anytempo::Elapsed).
//! - `|` is the end.
//! - `(ab)` is a second with several items. The end may follow them: `(ab|)`.
//! - `([ab]c)` is a second with two items, of which the first is shown by two characters.
//! - White space means nothing.
//!
//! [`source`] makes a stream of a timeline, and [`record`] makes a timeline of a stream. [`check`] does both, with an operator
//! between them. [`Marble`] says how an item is shown.

mod source;
mod timeline;

use core::time::Duration;

use anytempo::{Timer, next};
use futures_core::Stream;

pub use source::{Source, source, source_on};
pub use timeline::{Timeline, TimelineError};

use crate::{Executor, Instant, VirtualClock};

/// The time that a character stands for.
pub const TICK: Duration = Duration::from_secs(1);

/// The most items of one second. A stream that gives more is taken for one that never waits.
const MOST_ITEMS: usize = 1000;

/// An item on a timeline.
pub trait Marble {
    /// The item as text: a letter, a digit, `!`, or several of these in brackets.
    fn marble(&self) -> String;
}

/// The character itself.
impl Marble for char {
    fn marble(&self) -> String {
        self.to_string()
    }
}

macro_rules! number {
    ($($Number:ty)+) => {$(
        /// The digit, or the number in brackets if it has more than one character.
        impl Marble for $Number {
            fn marble(&self) -> String {
                let digits = self.to_string();
                if digits.len() == 1 { digits } else { format!("[{digits}]") }
            }
        }
    )+};
}

number!(u8 u16 u32 u64 usize i8 i16 i32 i64 isize);

/// The whole seconds since the start of the clock, as a number.
impl Marble for Instant {
    fn marble(&self) -> String {
        self.since_start().as_secs().marble()
    }
}

/// The whole seconds, as a number.
impl Marble for Duration {
    fn marble(&self) -> String {
        self.as_secs().marble()
    }
}

/// Both in one pair of brackets.
impl<A: Marble, B: Marble> Marble for (A, B) {
    fn marble(&self) -> String {
        let parts = [self.0.marble(), self.1.marble()];
        let parts = parts.map(|it| it.trim_matches(['[', ']']).to_owned());
        format!("[{}]", parts.concat())
    }
}

/// The items in brackets.
impl<M: Marble> Marble for Vec<M> {
    fn marble(&self) -> String {
        let items: String = self.iter().map(Marble::marble).collect();
        format!("[{items}]")
    }
}

/// The value, or `!` for an error.
impl<M: Marble, E> Marble for Result<M, E> {
    fn marble(&self) -> String {
        self.as_ref().map_or("!".into(), Marble::marble)
    }
}

/// Gives a source to an operator, and compares what comes out with a timeline.
///
/// The source begins at the start of a new clock. If `expected` has no end, as many seconds as it has are compared.
///
/// # Panics
///
/// - If the timelines differ. The message has all three, and a caret where they part.
/// - If one of the texts is no timeline. The message says what is wrong with it.
/// - As [`record`] does.
#[track_caller]
#[doc(alias = "TestScheduler")]
pub fn check<S>(source: &str, operator: impl FnOnce(Source, VirtualClock) -> S, expected: &str)
where
    S: Stream<Item: Marble>,
{
    check_slow(Duration::ZERO, source, operator, expected);
}

/// As [`check`], with a consumer that takes `pause` for each item.
///
/// # Examples
///
/// ```
/// use anytempo::{StreamTimeExt, stream::FixedDelay};
/// use anytempo_virtual::marbles;
/// use core::time::Duration;
///
/// let second = Duration::from_secs(1);
/// marbles::check_slow(
///     second * 3,
///     "(abc|)",
///     |source, clock| source.pace(clock, second).rate(FixedDelay),
///     "a---b---c--|",
/// );
/// ```
///
/// # Panics
///
/// As [`check`] does.
#[track_caller]
pub fn check_slow<S>(
    pause: Duration,
    source: &str,
    operator: impl FnOnce(Source, VirtualClock) -> S,
    expected: &str,
) where
    S: Stream<Item: Marble>,
{
    let clock = VirtualClock::new();
    let expected = Timeline::parse(expected);
    let stream = operator(self::source(&clock, source), clock.clone());
    // A second more, as a stream may end too late.
    let length = expected.length() + usize::from(expected.has_end());
    let seen = Executor::new(&clock).block_on(recorded(&clock, stream, length, pause));
    match seen {
        Ok(seen) => expected.compare(source, &seen),
        Err(deadlock) => panic!("{deadlock}"),
    }
}

/// Polls a stream to its end, and gives its timeline. After `length` seconds a stream that has not ended is dropped.
///
/// # Examples
///
/// ```
/// use anytempo::Timer;
/// use anytempo_virtual::marbles;
/// use core::time::Duration;
///
/// let timeline = anytempo_virtual::run(async |clock| {
///     marbles::record(&clock, clock.countdown(3, Duration::from_secs(2)), 20).await
/// });
/// assert_eq!(timeline.unwrap(), "3-2-1-(0|)");
/// ```
///
/// # Panics
///
/// - If an item or the end comes between two seconds: a timeline has no place for it.
/// - If a stream gives more than 1000 items in one second.
pub async fn record(
    clock: &VirtualClock,
    stream: impl Stream<Item: Marble>,
    length: usize,
) -> String {
    recorded(clock, stream, length, Duration::ZERO).await.to_string()
}

async fn recorded(
    clock: &VirtualClock,
    stream: impl Stream<Item: Marble>,
    length: usize,
    pause: Duration,
) -> Timeline {
    let mut stream = core::pin::pin!(stream);
    let start = clock.elapsed();
    let over = clock.after(TICK * u32::try_from(length).unwrap_or(u32::MAX));
    let mut timeline = Timeline::default();
    while let Ok(item) = clock.timeout_at(over, next(&mut stream)).await {
        let at = clock.elapsed() - start;
        let marble = item.as_ref().map_or("|".into(), Marble::marble);
        assert!(
            at.subsec_nanos() == 0,
            "`{marble}` came after {at:?}, which is between two characters of a timeline"
        );
        let second = usize::try_from(at.as_secs()).unwrap_or(usize::MAX);
        if second >= length {
            break;
        }
        let items = timeline.push(second, marble);
        assert!(items <= MOST_ITEMS, "the stream gives items without end at {at:?}");
        if item.is_none() {
            return timeline;
        }
        if !pause.is_zero() {
            clock.sleep(pause).await;
        }
    }
    timeline.extend_to(length);
    timeline
}
