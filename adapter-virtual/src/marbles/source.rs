use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use anytempo::Timer;
use futures_core::{FusedStream, Stream};

use crate::marbles::TICK;
use crate::marbles::timeline::Timeline;
use crate::{Instant, Sleep, VirtualClock};

/// A stream of what a timeline has. Each item is a character. See [`source`].
#[derive(Debug)]
pub struct Source {
    clock: VirtualClock,
    start: Instant,
    /// The items and the end, the next one last.
    rest: Vec<(usize, char)>,
    ended: bool,
    sleep: Pin<Box<Sleep>>,
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
    let parsed = Timeline::parse(timeline);
    let mut rest = Vec::new();
    for (second, marble) in parsed.marbles() {
        let mut characters = marble.chars();
        match (characters.next(), characters.next()) {
            (Some(item), None) => rest.push((second, item)),
            _ => panic!("a source gives characters, and `{timeline}` has the item `{marble}`"),
        }
    }
    rest.reverse();
    let sleep = Box::pin(clock.raw_sleep(None));
    Source { clock: clock.clone(), start: clock.now(), rest, ended: false, sleep }
}

impl Stream for Source {
    type Item = char;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<char>> {
        use anytempo::RawSleep;

        if self.ended {
            return Poll::Ready(None);
        }
        let Some(&(second, marble)) = self.rest.last() else { return Poll::Pending };
        let due = self.start.saturating_add(TICK * u32::try_from(second).unwrap_or(u32::MAX));
        if self.clock.now() < due {
            self.sleep.as_mut().reset(Some(due));
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

impl FusedStream for Source {
    fn is_terminated(&self) -> bool {
        self.ended
    }
}
