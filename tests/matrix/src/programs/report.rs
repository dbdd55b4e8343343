use anytempo::Timer;

use crate::programs::{Event, Outcome};

/// Where events go.
pub trait Sink {
    /// Takes an event, and when it happened: in microseconds since the program's first poll.
    ///
    /// No integer of 64 bits would do, as virtual time knows no limit that a person could not type.
    fn event(&mut self, t_us: u128, event: Event<&str>);

    /// A tick of a timeline is over, in which there may have been no event.
    fn tick(&mut self, _t_us: u128) {}

    /// The program is about to wait, or is over.
    fn pause(&mut self) {}
}

/// What a program reports to: it looks at the clock for each event.
#[derive(Clone, Debug)]
pub struct Report<T: Timer, S> {
    timer: T,
    start: T::Instant,
    sink: S,
}

impl<T: Timer, S: Sink> Report<T, S> {
    /// Counts from now.
    pub fn start(timer: &T, sink: S) -> Self {
        Self { timer: timer.clone(), start: timer.now(), sink }
    }

    /// A stream gave an item.
    pub fn item(&mut self, value: impl Into<i64>) {
        self.event(Event::Item { value: value.into() });
    }

    /// A stream gave an item that has its place on a timeline.
    pub fn marble(&mut self, marble: &str) {
        self.event(Event::Marble { marble });
    }

    /// A tick of a timeline is over.
    pub fn tick(&mut self) {
        self.sink.tick(self.passed());
    }

    /// A stream has ended.
    pub fn end(&mut self) {
        self.event(Event::End);
    }

    /// The body of a scope has begun.
    pub fn enter(&mut self) {
        self.event(Event::Enter);
    }

    /// The resource of a scope was closed.
    pub fn close(&mut self) {
        self.event(Event::Close);
    }

    /// A scope was left.
    pub fn exit(&mut self, outcome: impl Into<Option<Outcome>>) {
        self.event(Event::Exit { outcome: outcome.into() });
    }

    /// Anything.
    pub fn event(&mut self, event: Event<&str>) {
        self.sink.event(self.passed(), event);
    }

    /// In microseconds.
    fn passed(&self) -> u128 {
        self.timer.elapsed(self.start).as_micros()
    }
}
