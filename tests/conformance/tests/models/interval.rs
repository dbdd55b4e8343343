//! `Timer::interval` and its kin at each rate, with resets and changes of the period.

use core::marker::PhantomData;
use core::pin::Pin;
use core::task::Poll;
use core::time::Duration;

use anytempo::stream::{AnyRate, FixedDelay, FixedRate, Interval, Rate, Spaced};
use futures_core::{FusedStream, Stream};

use crate::alarm::{Alarm, Cx};
use crate::clocks::{At, Clock, Ticks, from_now, plus};
use crate::run::{Model, Run};

#[derive(Clone, Copy, Debug, PartialEq)]
enum Stage {
    /// Not polled, and this long to the first tick.
    After(Duration),
    /// Not polled, and the first tick has its time.
    At,
    /// A period counts from the next poll.
    Unasked,
    /// The next tick was not asked for, and has its time.
    Set,
    Armed,
}

#[derive(Clone)]
struct Ticking<C> {
    clock: PhantomData<C>,
    rate: AnyRate,
    period: Duration,
    stage: Stage,
    alarm: Alarm,
}

impl<C: Clock> Ticking<C> {
    fn reset(&mut self, now: At) {
        match self.stage {
            Stage::After(_) | Stage::At => {
                self.alarm.give_up();
                self.stage = Stage::After(self.period);
            }
            Stage::Unasked | Stage::Set => {
                self.alarm.set(from_now::<C>(now, self.period));
                self.stage = Stage::Set;
            }
            Stage::Armed => self.alarm.set(from_now::<C>(now, self.period)),
        }
    }

    fn deadline(&self) -> Option<At> {
        match self.stage {
            Stage::After(_) | Stage::Unasked => None,
            Stage::At | Stage::Set | Stage::Armed => self.alarm.at,
        }
    }

    /// Whether the tick is due.
    fn tick(&mut self, cx: &mut Cx) -> bool {
        let stage = self.stage;
        self.stage = Stage::Armed;
        match stage {
            Stage::After(delay) => {
                self.alarm.set(from_now::<C>(cx.now, delay));
                if !delay.is_zero() {
                    self.alarm.begin(cx);
                }
                delay.is_zero()
            }
            Stage::At if self.alarm.is_reached(cx.now) => true,
            Stage::At | Stage::Armed => self.alarm.poll(cx),
            Stage::Unasked => {
                self.alarm.set(from_now::<C>(cx.now, self.period));
                self.alarm.begin(cx);
                false
            }
            Stage::Set => {
                self.alarm.begin(cx);
                false
            }
        }
    }
}

impl<C: Clock> Model for Ticking<C> {
    type Seen = Poll<Option<At>>;

    fn poll(&mut self, cx: &mut Cx) -> Self::Seen {
        let is_now = self.stage == Stage::After(Duration::ZERO);
        if !self.tick(cx) {
            return Poll::Pending;
        }
        let due = self.alarm.at.expect("a tick that is due has its time");
        let period = plus::<C>(0, self.period);
        self.stage = Stage::Set;
        let next = match (self.rate, period) {
            (AnyRate::FixedDelay, _) => {
                self.stage = Stage::Unasked;
                return Poll::Ready(Some(due));
            }
            (AnyRate::Spaced, _) => from_now::<C>(cx.now, self.period),
            _ if is_now => from_now::<C>(due, self.period),
            (_, None) => None,
            (AnyRate::Skip, Some(period)) if period > 0 => {
                Some(due + ((cx.now - due) / period + 1) * period).filter(|it| *it <= C::LAST)
            }
            (_, Some(period)) => Some(due + period).filter(|it| *it <= C::LAST),
        };
        self.alarm.set(next);
        Poll::Ready(Some(due))
    }

    fn alarms(&mut self) -> Vec<&mut Alarm> {
        vec![&mut self.alarm]
    }
}

/// An interval at any rate.
trait AnyInterval<C: Clock>: FusedStream<Item = C::Instant> + Unpin {
    fn set_period(&mut self, period: Duration);
    fn reset(&mut self);
    fn deadline(&self) -> Option<C::Instant>;
}

impl<C: Clock, R: Rate + Unpin> AnyInterval<C> for Interval<C, R> {
    fn set_period(&mut self, period: Duration) {
        Pin::new(self).set_period(period);
    }

    fn reset(&mut self) {
        Pin::new(self).reset();
    }

    fn deadline(&self) -> Option<C::Instant> {
        self.deadline()
    }
}

const RATES: [AnyRate; 4] =
    [AnyRate::FixedDelay, AnyRate::Spaced, AnyRate::FixedRate, AnyRate::Skip];

pub(crate) fn story<C: Clock>(run: &mut Run<C>) {
    let (rate, is_typed, period) = (RATES[run.rng.usize(..4)], run.chance(2), run.span());
    let (delay, start) = (run.span(), run.deadline());
    let mut alarm = Alarm::default();
    let (interval, stage, text) = match run.rng.u32(..3) {
        0 => (run.timer.interval(period), Stage::After(Duration::ZERO), "at once".into()),
        1 => (run.timer.interval_after(delay, period), Stage::After(delay), format!("{delay:?}")),
        _ => {
            alarm.set(start);
            let at = start.map(Ticks::at);
            (run.timer.interval_at(at, period), Stage::At, format!("at {start:?}"))
        }
    };
    run.op(format!("an interval of {period:?}, first {text}, {rate:?}, typed: {is_typed}"));
    let mut interval: Box<dyn AnyInterval<C>> = match rate {
        rate if !is_typed => Box::new(interval.rate(rate)),
        AnyRate::FixedDelay => Box::new(interval.rate(FixedDelay)),
        AnyRate::Spaced => Box::new(interval.rate(Spaced)),
        AnyRate::FixedRate => Box::new(interval.rate(FixedRate)),
        // It is the default.
        _ => Box::new(interval),
    };
    let mut model = Ticking::<C> { clock: PhantomData, rate, period, stage, alarm };
    for _ in 0..run.rng.usize(1..30) {
        match run.rng.u32(..20) {
            0..=11 => run.poll(&mut model, |cx| {
                Pin::new(&mut interval).poll_next(cx).map(|it| it.map(Ticks::ticks))
            }),
            12..=16 => run.pass(&mut model),
            17 | 18 => {
                let period = run.span();
                run.op(format!("set_period({period:?})"));
                interval.set_period(period);
                model.period = period;
            }
            _ => {
                run.op("reset");
                interval.reset();
                model.reset(run.now());
            }
        }
        run.check(&mut model);
        assert!(!interval.is_terminated(), "it never ends");
        assert_eq!(interval.size_hint(), (usize::MAX, None), "size_hint");
        run.check_deadline(interval.deadline(), model.deadline());
    }
    run.op("drop");
}
