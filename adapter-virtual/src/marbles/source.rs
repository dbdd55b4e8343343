use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use core::time::Duration;

use anytempo::{Deadline, Instant, RawSleep, Timer};
use futures_core::{FusedStream, Stream};

use crate::VirtualClock;
use crate::marbles::TICK;
use crate::marbles::timeline::{Timeline, TimelineError};

/// A stream of what a timeline has. Each item is a character. See [`source`] and [`source_on`].
pub struct Source<T: Timer = VirtualClock> {
    timer: T,
    start: T::Instant,
    tick: Duration,
    /// The items and the end, the next one last.
    rest: Vec<(usize, char)>,
    ended: bool,
    sleep: Pin<Box<T::Sleep>>,
}

/// Makes a stream of a timeline that begins now.
///
/// An item can be read from its second on. The items that are not read in time wait, as in a channel. Without an end in its
/// text the stream is pending after its last item.
///
/// # Panics
///
/// If the text is no timeline, or has an item of several characters.
#[track_caller]
pub fn source(clock: &VirtualClock, timeline: &str) -> Source {
    source_on(clock, TICK, timeline).unwrap_or_else(|error| panic!("{}", error.pointed(timeline)))
}

/// As [`source`], on any timer, with a character for each `tick`.
///
/// # Errors
///
/// If the text is no timeline, or has an item of several characters.
pub fn source_on<T: Timer>(
    timer: &T,
    tick: Duration,
    timeline: &str,
) -> Result<Source<T>, TimelineError> {
    let parsed: Timeline = timeline.parse()?;
    let mut rest = Vec::new();
    for (second, marble) in parsed.marbles() {
        let mut characters = marble.chars();
        match (characters.next(), characters.next()) {
            (Some(item), None) => rest.push((second, item)),
            _ => {
                let what = format!("a source gives characters, and not the item `{marble}`");
                return Err(TimelineError::new(what));
            }
        }
    }
    rest.reverse();
    let sleep = Box::pin(timer.raw_sleep(None.into()));
    let (timer, start) = (timer.clone(), timer.now());
    Ok(Source { timer, start, tick, rest, ended: false, sleep })
}

impl<T: Timer> Source<T> {
    /// When a tick begins.
    fn due(&self, tick: usize) -> Deadline<T> {
        let ticks = u32::try_from(tick).unwrap_or(u32::MAX);
        self.start.checked_add(T::Instant::delta_ceil(self.tick.saturating_mul(ticks)))
    }
}

impl<T: Timer> Stream for Source<T> {
    type Item = char;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<char>> {
        if self.ended {
            return Poll::Ready(None);
        }
        let Some(&(tick, marble)) = self.rest.last() else { return Poll::Pending };
        let due = self.due(tick);
        if !self.timer.now().has_reached(due) {
            self.sleep.as_mut().reset(due);
            ready!(self.sleep.as_mut().poll(cx));
        }
        self.rest.pop();
        self.ended = marble == '|';
        Poll::Ready((!self.ended).then_some(marble))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let has_end = self.rest.first().is_some_and(|(_, marble)| *marble == '|');
        let items = self.rest.len() - usize::from(has_end);
        (items, Some(items))
    }
}

impl<T: Timer> FusedStream for Source<T> {
    fn is_terminated(&self) -> bool {
        self.ended
    }
}

impl<T: Timer> Unpin for Source<T> {}

impl<T: Timer> fmt::Debug for Source<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { start, tick, rest, ended, .. } = self;
        f.debug_struct("Source")
            .field("start", start)
            .field("tick", tick)
            .field("rest", rest)
            .field("ended", ended)
            .finish_non_exhaustive()
    }
}
