//! `Timer::countdown` and `StreamTimeExt::pace` at each rate, with resets and changes of the rate.

use core::marker::PhantomData;
use core::pin::Pin;
use core::task::Poll;
use core::time::Duration;

use anytempo::StreamTimeExt;
use anytempo::stream::{AnyRate, Countdown, FixedDelay, FixedRate, Pace, Rate, Skip, Spaced};
use futures_core::{FusedStream, Stream};

use crate::alarm::{Alarm, Cx};
use crate::clocks::{At, Clock, from_now, plus};
use crate::run::{Model, Run};
use crate::work::{Told, Work};

#[derive(Clone, Copy, PartialEq)]
enum Slot {
    /// The first item may be given at once.
    First,
    /// An item was given, and the next one was not asked for.
    Given,
    /// The next item was asked for.
    Asked,
    /// Its time has come.
    Open,
}

#[derive(Clone)]
struct Paced<C> {
    clock: PhantomData<C>,
    is_countdown: bool,
    rate: AnyRate,
    delay: Duration,
    slot: Slot,
    /// The deadline of the next item, as far as it is known, or else that of the last one.
    alarm: Alarm,
    work: Work,
    held: Option<u32>,
    over: bool,
}

impl<C: Clock> Paced<C> {
    fn due(&self, now: At) -> Option<At> {
        from_now::<C>(now, self.delay)
    }

    /// An item was given: when is the next one due?
    fn next(&self, now: At) -> Option<At> {
        let last = self.alarm.at;
        match self.rate {
            AnyRate::FixedRate if self.slot != Slot::First => plus::<C>(last?, self.delay),
            AnyRate::Skip if self.slot != Slot::First => {
                let mut next = plus::<C>(last?, self.delay)?;
                let period = next - last?;
                if let Some(late) = now.checked_sub(next).filter(|_| period > 0) {
                    next += (late / period + 1) * period;
                }
                Some(next)
            }
            // Known only when the item is asked for.
            AnyRate::FixedDelay => None,
            _ => self.due(now),
        }
    }

    fn reset(&mut self, now: At, delay: Duration) {
        self.delay = delay;
        match self.slot {
            _ if self.over => {}
            // What is given next starts the grid anew.
            Slot::First | Slot::Open => self.slot = Slot::First,
            Slot::Given if self.rate == AnyRate::FixedDelay => {}
            Slot::Given | Slot::Asked => self.alarm.set(self.due(now)),
        }
    }

    fn set_rate(&mut self, now: At, rate: AnyRate) {
        self.rate = rate;
        match self.slot {
            Slot::Given if !self.over => self.alarm.set(self.due(now)),
            Slot::Open => self.slot = Slot::First,
            _ => {}
        }
    }

    fn deadline(&self) -> Option<At> {
        self.alarm.at.filter(|_| self.slot == Slot::Asked)
    }
}

impl<C: Clock> Model for Paced<C> {
    type Seen = Poll<Option<u32>>;

    fn poll(&mut self, cx: &mut Cx) -> Self::Seen {
        if self.over {
            return Poll::Ready(None);
        }
        if self.held.is_none() {
            match self.work.poll_next() {
                Poll::Ready(None) => {
                    self.end();
                    return Poll::Ready(None);
                }
                Poll::Ready(item) => self.held = item,
                Poll::Pending => {}
            }
        }
        if self.slot == Slot::Given {
            if self.rate == AnyRate::FixedDelay {
                self.alarm.set(self.due(cx.now));
            }
            self.alarm.begin(cx);
            self.slot = Slot::Asked;
            return Poll::Pending;
        }
        if self.slot == Slot::Asked {
            if !self.alarm.poll(cx) {
                return Poll::Pending;
            }
            self.slot = Slot::Open;
        }
        let Some(item) = self.held.take() else { return Poll::Pending };
        self.alarm.set(self.next(cx.now));
        self.slot = Slot::Given;
        if self.is_countdown && self.work.items == 0 {
            self.end();
        }
        Poll::Ready(Some(item))
    }

    fn alarms(&mut self) -> Vec<&mut Alarm> {
        vec![&mut self.alarm]
    }
}

impl<C> Paced<C> {
    fn end(&mut self) {
        self.over = true;
        self.slot = Slot::Open;
        self.alarm.give_up();
    }
}

/// A countdown or a paced stream, at any rate.
trait Stepped<C: Clock>: FusedStream<Item = u32> + Unpin {
    fn reset(&mut self, delay: Duration);
    fn deadline(&self) -> Option<C::Instant>;
    fn rate(self: Box<Self>, rate: AnyRate) -> Box<dyn Stepped<C>>;
}

macro_rules! stepped {
    ($Stream:ty) => {
        impl<C: Clock, R: Rate + Unpin + 'static> Stepped<C> for $Stream {
            fn reset(&mut self, delay: Duration) {
                Pin::new(self).reset(delay);
            }

            fn deadline(&self) -> Option<C::Instant> {
                self.deadline()
            }

            fn rate(self: Box<Self>, rate: AnyRate) -> Box<dyn Stepped<C>> {
                Box::new((*self).rate(rate))
            }
        }
    };
}

stepped!(Countdown<C, R>);
stepped!(Pace<Told, C, R>);

const RATES: [AnyRate; 4] =
    [AnyRate::FixedDelay, AnyRate::Spaced, AnyRate::FixedRate, AnyRate::Skip];

/// The same stream at a rate that is a type or a value.
macro_rules! at_rate {
    ($stream:expr, $rate:expr, $is_typed:expr) => {
        match $rate {
            rate if !$is_typed => Box::new($stream.rate(rate)) as Box<dyn Stepped<C>>,
            AnyRate::FixedDelay => Box::new($stream.rate(FixedDelay)),
            AnyRate::Spaced => Box::new($stream.rate(Spaced)),
            AnyRate::FixedRate => Box::new($stream.rate(FixedRate)),
            _ => Box::new($stream.rate(Skip)),
        }
    };
}

pub(crate) fn story<C: Clock>(run: &mut Run<C>) {
    let (rate, is_typed, delay) = (RATES[run.rng.usize(..4)], run.chance(2), run.span());
    let is_countdown = run.chance(2);
    let count = run.rng.u32(..6);
    let told = Told::default();
    let mut model = Paced::<C> {
        clock: PhantomData,
        is_countdown,
        rate,
        delay,
        slot: Slot::First,
        alarm: Alarm::default(),
        work: Work { items: count, ..Work::default() },
        held: None,
        over: false,
    };
    let kind = if is_typed { "type" } else { "value" };
    let mut stream = if is_countdown {
        run.op(format!("countdown({count}, {delay:?}) at the {kind} {rate:?}"));
        model.work.items += 1;
        at_rate!(run.timer.countdown(count, delay), rate, is_typed)
    } else {
        run.op(format!("pace({delay:?}) of {count} items at the {kind} {rate:?}"));
        told.0.set(model.work);
        at_rate!(told.clone().pace(run.timer.clone(), delay), rate, is_typed)
    };
    for _ in 0..run.rng.usize(1..30) {
        match run.rng.u32(..20) {
            0..=9 => run.poll(&mut model, |cx| {
                let poll = Pin::new(&mut stream).poll_next(cx);
                // A countdown counts the other way.
                poll.map(|item| item.map(|it| if is_countdown { count + 1 - it } else { it }))
            }),
            10..=14 => run.pass(&mut model),
            15 | 16 => {
                let delay = run.span();
                run.op(format!("reset({delay:?})"));
                stream.reset(delay);
                model.reset(run.now(), delay);
            }
            17 if run.chance(2) => {
                let rate = RATES[run.rng.usize(..4)];
                run.op(format!("rate({rate:?})"));
                stream = stream.rate(rate);
                model.set_rate(run.now(), rate);
            }
            18 if !is_countdown => {
                run.op("the source has an item more");
                model.work.items += 1;
                told.0.set(model.work);
            }
            19 if !is_countdown => {
                run.op("the source comes to its end");
                model.work.ends = true;
                told.0.set(model.work);
            }
            _ => {}
        }
        run.check(&mut model);
        assert_eq!(stream.is_terminated(), model.over, "is_terminated");
        if is_countdown {
            let left = if model.over {
                0
            } else {
                model.work.items as usize + usize::from(model.held.is_some())
            };
            assert_eq!(stream.size_hint(), (left, Some(left)), "size_hint");
        } else {
            assert_eq!(told.0.get(), model.work, "the source: seen, and said by the model");
        }
        // Without a delay there may be no wait, and so no deadline.
        let deadline = stream.deadline();
        if deadline.is_some() || !model.delay.is_zero() {
            run.check_deadline(deadline, model.deadline());
        }
    }
    run.op("drop");
}
