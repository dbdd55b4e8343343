mod draw;
mod source;

use core::ops::ControlFlow;
use core::pin::{Pin, pin};
use core::time::Duration;

use anytempo::stream::{AnyRate, Interval};
use anytempo::{Instant, StreamTimeExt, Timer, generate, next};
use futures_core::Stream;

use crate::programs::operators::draw::{Draw, Mark};
use crate::programs::operators::source::source_on;
use crate::programs::{Report, Sink};

/// An operator with its arguments, each named as the parameter of the method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "the methods of `StreamTimeExt` and `Timer` have the documentation"
)]
pub enum Operator {
    Pace {
        delay: Duration,
        rate: AnyRate,
    },
    PaceBurst {
        delay: Duration,
        burst: u32,
    },
    Stall {
        delay: Duration,
    },
    ThrottleLatest {
        period: Duration,
    },
    ThrottleFirst {
        period: Duration,
    },
    Sample {
        period: Duration,
    },
    Debounce {
        quiet: Duration,
        at_most: Option<Duration>,
    },
    TimeoutEach {
        limit: Duration,
        first: Option<Duration>,
        repeating: bool,
    },
    KeepAlive {
        idle: Duration,
    },
    FoldWithin {
        window: Duration,
        most: usize,
    },
    /// It allocates, so that a board cannot have it.
    #[cfg(feature = "program")]
    ChunksWithin {
        most: usize,
        window: Duration,
    },
    TakeFor {
        span: Duration,
    },
    TakeBefore {
        span: Duration,
    },
    Timestamped,
    TimeBetween,
    Interval {
        period: Duration,
        rate: AnyRate,
    },
    IntervalAfter {
        delay: Duration,
        period: Duration,
        rate: AnyRate,
    },
    IntervalAt {
        delay: Duration,
        period: Duration,
        rate: AnyRate,
    },
    IdleTimeout {
        limit: Duration,
    },
}

impl Operator {
    /// Whether it collects items in a heap, which boards do not have.
    #[cfg(feature = "program")]
    pub fn allocates(&self) -> bool {
        matches!(self, Operator::ChunksWithin { .. })
    }
}

/// An operator, and what it is applied to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation<S> {
    /// The operator.
    pub operator: Operator,
    /// The source as a timeline. For an interval it has the requests, for a limit on silence the resets.
    pub source: S,
    /// The time that a character of it stands for.
    pub tick: Duration,
}

/// Applies an operator to its source, and reports each item as it has its place on a timeline.
///
/// The timeline was checked before.
pub async fn operators<T: Timer, S: Sink>(
    timer: T,
    report: Report<T, S>,
    Operation { operator, source, tick }: Operation<impl AsRef<str>>,
) {
    let start = timer.now();
    // What is awaited below refers to it, and to the operator. Each function would have room for both again if it owned them.
    let source = pin!(source_on(timer.clone(), tick, source.as_ref()));
    let mut draw = Draw { timer: timer.clone(), report, tick };
    match operator {
        Operator::Pace { delay, rate } => {
            draw.all(pin!(source.pace(timer, delay).rate(rate))).await
        }
        Operator::PaceBurst { delay, burst } => {
            draw.all(pin!(source.pace(timer, delay).burst(burst))).await;
        }
        Operator::Stall { delay } => draw.all(pin!(source.stall(timer, delay))).await,
        Operator::ThrottleLatest { period } => {
            draw.all(pin!(source.throttle_latest(timer, period))).await;
        }
        Operator::ThrottleFirst { period } => {
            draw.all(pin!(source.throttle_first(timer, period))).await
        }
        Operator::Sample { period } => draw.all(pin!(source.sample(timer, period))).await,
        Operator::Debounce { quiet, at_most: None } => {
            draw.all(pin!(source.debounce(timer, quiet))).await;
        }
        Operator::Debounce { quiet, at_most: Some(limit) } => {
            draw.all(pin!(source.debounce(timer, quiet).at_most(limit))).await;
        }
        Operator::TimeoutEach { limit, first, repeating } => {
            let each = source.timeout_each(timer, limit);
            let each = match first {
                Some(first) => each.first(first),
                None => each,
            };
            match repeating {
                true => draw.all(pin!(each.repeating())).await,
                false => draw.all(pin!(each)).await,
            }
        }
        Operator::KeepAlive { idle } => {
            draw.all(pin!(source.keep_alive(timer, idle, || ADDED))).await
        }
        Operator::FoldWithin { window, most } => {
            let add = |count: &mut usize, _| {
                *count += 1;
                if *count < most { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
            };
            draw.all(pin!(source.fold_within(timer, window, || 0, add))).await;
        }
        #[cfg(feature = "program")]
        Operator::ChunksWithin { most, window } => {
            draw.chunks(pin!(source.chunks_within(timer, most, window))).await;
        }
        Operator::TakeFor { span } => draw.all(pin!(source.take_for(timer, span))).await,
        Operator::TakeBefore { span } => {
            let deadline = timer.after(span);
            draw.all(pin!(source.take_before(timer, deadline))).await;
        }
        Operator::Timestamped => {
            let mark = move |(at, item): (T::Instant, char)| Mark::Timed(item, since(start, at));
            draw.shown(pin!(source.timestamped(timer)), mark).await;
        }
        Operator::TimeBetween => {
            let mark = |(passed, item): (Duration, char)| Mark::Timed(item, passed);
            draw.shown(pin!(source.time_between(timer)), mark).await;
        }
        Operator::Interval { period, rate } => {
            let interval = timer.interval(period).rate(rate);
            draw.shown(pin!(requested(source, pin!(interval))), move |at| {
                Mark::Time(since(start, at))
            })
            .await;
        }
        Operator::IntervalAfter { delay, period, rate } => {
            let interval = timer.interval_after(delay, period).rate(rate);
            draw.shown(pin!(requested(source, pin!(interval))), move |at| {
                Mark::Time(since(start, at))
            })
            .await;
        }
        Operator::IntervalAt { delay, period, rate } => {
            let interval = timer.interval_at(timer.after(delay), period).rate(rate);
            draw.shown(pin!(requested(source, pin!(interval))), move |at| {
                Mark::Time(since(start, at))
            })
            .await;
        }
        Operator::IdleTimeout { limit } => {
            let outcome = generate(async move |mut y| {
                let mut source = source;
                let resets = timer.idle_timeout(limit, async move |mut idle| {
                    let mut resets = 0_usize;
                    while next(&mut source).await.is_some() {
                        idle.reset();
                        resets += 1;
                    }
                    resets
                });
                let outcome = resets.await;
                y.emit(outcome).await;
            });
            draw.all(pin!(outcome)).await;
        }
    }
}

/// Asks an interval for a tick at each item of a source. A request that comes while another one waits is the next.
fn requested<T: Timer>(
    mut source: Pin<&mut impl Stream>,
    mut interval: Pin<&mut Interval<T, AnyRate>>,
) -> impl Stream<Item = T::Instant> {
    generate(async move |mut y| {
        while next(&mut source).await.is_some() {
            let Some(tick) = next(&mut interval).await else { return };
            y.emit(tick).await;
        }
    })
}

/// How long after the start an instant is.
fn since<I: Instant>(start: I, at: I) -> Duration {
    I::to_duration(at.saturating_since(start))
}

/// What `keep_alive` adds.
pub const ADDED: char = 'k';
