use core::ops::ControlFlow;
use core::pin::pin;
use core::time::Duration;

use anytempo::stream::AnyRate;
use anytempo::{Instant, StreamTimeExt, Timer, next};
use anytempo_virtual::marbles::{Marble, source_on};
use futures_core::Stream;

use crate::programs::{Report, Sink};

/// An operator with its arguments, each named as the parameter of the method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the methods of `StreamTimeExt` have the documentation")]
pub enum Operator {
    Pace { delay: Duration, rate: AnyRate },
    PaceBurst { delay: Duration, burst: u32 },
    Stall { delay: Duration },
    ThrottleLatest { period: Duration },
    ThrottleFirst { period: Duration },
    Sample { period: Duration },
    Debounce { quiet: Duration, at_most: Option<Duration> },
    TimeoutEach { limit: Duration, first: Option<Duration>, repeating: bool },
    KeepAlive { idle: Duration },
    FoldWithin { window: Duration, most: usize },
    ChunksWithin { most: usize, window: Duration },
    TakeFor { span: Duration },
    TakeBefore { span: Duration },
    Timestamped,
    TimeBetween,
}

/// An operator, and what it is applied to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// The operator.
    pub operator: Operator,
    /// The source as a timeline.
    pub source: String,
    /// The time that a character of it stands for.
    pub tick: Duration,
}

/// Applies an operator to its source, and reports each item as it has its place on a timeline.
pub async fn operators<T: Timer, S: Sink>(
    timer: T,
    report: Report<T, S>,
    Operation { operator, source, tick }: Operation,
) {
    // The arguments were checked before, so that a source without items stands for what is no timeline.
    let Ok(source) = source_on(&timer, tick, &source) else { return };
    let mut draw = Draw { timer: timer.clone(), report, tick };
    match operator {
        Operator::Pace { delay, rate } => draw.all(source.pace(timer, delay).rate(rate)).await,
        Operator::PaceBurst { delay, burst } => {
            draw.all(source.pace(timer, delay).burst(burst)).await;
        }
        Operator::Stall { delay } => draw.all(source.stall(timer, delay)).await,
        Operator::ThrottleLatest { period } => {
            draw.all(source.throttle_latest(timer, period)).await;
        }
        Operator::ThrottleFirst { period } => draw.all(source.throttle_first(timer, period)).await,
        Operator::Sample { period } => draw.all(source.sample(timer, period)).await,
        Operator::Debounce { quiet, at_most: None } => {
            draw.all(source.debounce(timer, quiet)).await;
        }
        Operator::Debounce { quiet, at_most: Some(limit) } => {
            draw.all(source.debounce(timer, quiet).at_most(limit)).await;
        }
        Operator::TimeoutEach { limit, first, repeating } => {
            let each = source.timeout_each(timer, limit);
            let each = match first {
                Some(first) => each.first(first),
                None => each,
            };
            match repeating {
                true => draw.all(each.repeating()).await,
                false => draw.all(each).await,
            }
        }
        Operator::KeepAlive { idle } => draw.all(source.keep_alive(timer, idle, || ADDED)).await,
        Operator::FoldWithin { window, most } => {
            let add = |count: &mut usize, _| {
                *count += 1;
                if *count < most { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
            };
            draw.all(source.fold_within(timer, window, || 0, add)).await;
        }
        Operator::ChunksWithin { most, window } => {
            draw.all(source.chunks_within(timer, most, window)).await;
        }
        Operator::TakeFor { span } => draw.all(source.take_for(timer, span)).await,
        Operator::TakeBefore { span } => {
            let deadline = timer.after(span);
            draw.all(source.take_before(timer, deadline)).await;
        }
        Operator::Timestamped => {
            let start = timer.now();
            let show = move |(at, item): &(T::Instant, char)| {
                let passed = T::Instant::to_duration(at.saturating_since(start));
                with_ticks(*item, passed, tick)
            };
            draw.shown(source.timestamped(timer), show).await;
        }
        Operator::TimeBetween => {
            let show = move |(passed, item): &(Duration, char)| with_ticks(*item, *passed, tick);
            draw.shown(source.time_between(timer), show).await;
        }
    }
}

/// What `keep_alive` adds.
pub const ADDED: char = 'k';

/// An item and a time in whole ticks, as one marble.
fn with_ticks(item: char, time: Duration, tick: Duration) -> String {
    format!("[{item}{}]", time.as_nanos() / tick.as_nanos().max(1))
}

/// Polls a stream to its end.
struct Draw<T: Timer, S> {
    timer: T,
    report: Report<T, S>,
    tick: Duration,
}

impl<T: Timer, S: Sink> Draw<T, S> {
    async fn all<M: Marble>(&mut self, stream: impl Stream<Item = M>) {
        self.shown(stream, Marble::marble).await;
    }

    /// Tells the sink of each tick in which nothing happened too, so that a timeline grows while the stream is silent.
    async fn shown<I>(&mut self, stream: impl Stream<Item = I>, show: impl Fn(&I) -> String) {
        let mut stream = pin!(stream);
        let mut tick = self.timer.after(self.tick);
        loop {
            match self.timer.timeout_at(tick, next(&mut stream)).await {
                Ok(Some(item)) => self.report.marble(&show(&item)),
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
