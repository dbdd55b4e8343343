use core::fmt::{self, Write};
use core::pin::Pin;
use core::str::from_utf8;
use core::time::Duration;

use anytempo::{Elapsed, Instant, Timer, next};
use futures_core::Stream;

use crate::programs::{Report, Sink};

/// Polls a stream to its end.
pub(super) struct Draw<T: Timer, S> {
    pub(super) timer: T,
    pub(super) report: Report<T, S>,
    pub(super) tick: Duration,
}

/// An item as a timeline has it.
pub(super) enum Mark {
    Item(char),
    /// A limit that was missed.
    Missed,
    Count(u128),
    /// A time, in whole ticks.
    Time(Duration),
    /// An item and a time, in whole ticks.
    Timed(char, Duration),
}

impl From<char> for Mark {
    fn from(item: char) -> Self {
        Mark::Item(item)
    }
}

impl From<usize> for Mark {
    fn from(count: usize) -> Self {
        Mark::Count(count as u128)
    }
}

impl<M: Into<Mark>> From<Result<M, Elapsed>> for Mark {
    fn from(result: Result<M, Elapsed>) -> Self {
        result.map_or(Mark::Missed, Into::into)
    }
}

impl<T: Timer, S: Sink> Draw<T, S> {
    pub(super) async fn all<I: Into<Mark>>(&mut self, stream: Pin<&mut impl Stream<Item = I>>) {
        self.shown(stream, Into::into).await;
    }

    pub(super) async fn shown<I>(
        &mut self,
        stream: Pin<&mut impl Stream<Item = I>>,
        mark: impl Fn(I) -> Mark,
    ) {
        let tick = self.tick;
        self.reported(stream, |report, item| {
            report.marble(Text::of(&mark(item), tick).as_str());
        })
        .await;
    }

    #[cfg(feature = "program")]
    pub(super) async fn chunks(&mut self, stream: Pin<&mut impl Stream<Item = Vec<char>>>) {
        use anytempo_virtual::marbles::Marble;
        self.reported(stream, |report, chunk| report.marble(&chunk.marble())).await;
    }

    /// Tells the sink of each tick in which nothing happened too, so that a timeline grows while the stream is silent.
    async fn reported<I>(
        &mut self,
        mut stream: Pin<&mut impl Stream<Item = I>>,
        report: impl Fn(&mut Report<T, S>, I),
    ) {
        let mut tick = self.timer.after(self.tick);
        loop {
            match self.timer.timeout_at(tick, next(&mut stream)).await {
                Ok(Some(item)) => report(&mut self.report, item),
                Ok(None) => return self.report.end(),
                Err(_) => {
                    self.report.tick();
                    let passed: Option<T::Instant> = tick.into();
                    let delta = T::Instant::delta_ceil(self.tick);
                    tick = passed.map_or(tick, |passed| passed.checked_add(delta));
                }
            }
        }
    }
}

/// A mark in words, without a heap. The longest is an item with 39 digits in brackets.
struct Text {
    bytes: [u8; 48],
    length: usize,
}

impl Text {
    fn of(mark: &Mark, tick: Duration) -> Self {
        let ticks = |time: &Duration| time.as_nanos() / tick.as_nanos().max(1);
        let mut text = Text { bytes: [0; 48], length: 0 };
        // There is room for the longest.
        let _ = match mark {
            Mark::Item(item) => text.write_char(*item),
            Mark::Missed => text.write_char('!'),
            Mark::Count(count) => text.number(*count),
            Mark::Time(time) => text.number(ticks(time)),
            Mark::Timed(item, time) => write!(text, "[{item}{}]", ticks(time)),
        };
        text
    }

    /// A digit, or several in brackets.
    fn number(&mut self, number: u128) -> fmt::Result {
        if number < 10 { write!(self, "{number}") } else { write!(self, "[{number}]") }
    }

    fn as_str(&self) -> &str {
        self.bytes.get(..self.length).and_then(|it| from_utf8(it).ok()).unwrap_or_default()
    }
}

impl Write for Text {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let rest = self.bytes.get_mut(self.length..).and_then(|it| it.get_mut(..text.len()));
        rest.ok_or(fmt::Error)?.copy_from_slice(text.as_bytes());
        self.length += text.len();
        Ok(())
    }
}
