//! `throttle_latest`, `throttle_first`, `sample` and `debounce`, over sources that come in bursts.

use core::marker::PhantomData;
use core::pin::Pin;
use core::task::Poll;
use core::time::Duration;

use anytempo::StreamTimeExt;
use futures_core::{FusedStream, Stream};

use crate::alarm::{Alarm, Cx};
use crate::clocks::{At, Clock, from_now, plus};
use crate::run::{Model, Run};
use crate::work::{Drained, Told, Work};

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    ThrottleLatest,
    ThrottleFirst,
    Sample,
    Debounce,
    AtMost(Duration),
}

#[derive(Clone)]
struct Lossy<C> {
    clock: PhantomData<C>,
    kind: Kind,
    span: Duration,
    alarm: Alarm,
    /// Whether there was a poll.
    begun: bool,
    /// Whether nothing is waited for.
    idle: bool,
    /// When the item that waits is given at the latest.
    latest: Option<At>,
    work: Work,
    held: Option<u32>,
    over: bool,
}

impl<C: Clock> Lossy<C> {
    fn is_identity(&self) -> bool {
        self.span.is_zero() || self.kind == Kind::AtMost(Duration::ZERO)
    }

    /// Reads what there is.
    fn drain(&mut self, keeps_first: bool) -> Drained {
        let held = &mut self.held;
        self.work.drain(|item| {
            if !keeps_first || held.is_none() {
                *held = Some(item);
            }
            true
        })
    }

    fn give(&mut self) -> Poll<Option<u32>> {
        Poll::Ready(self.held.take())
    }

    fn end(&mut self) -> Poll<Option<u32>> {
        self.over = true;
        self.alarm.give_up();
        self.give()
    }

    fn nothing(read: Drained, cx: &mut Cx) -> Poll<Option<u32>> {
        cx.wakes += usize::from(read == Drained::More);
        Poll::Pending
    }

    fn throttle(&mut self, cx: &mut Cx) -> Poll<Option<u32>> {
        let is_first = self.kind == Kind::ThrottleFirst;
        let read = self.drain(is_first);
        // Only an item that waits needs a wake when the period is over.
        if self.held.is_some() && !self.idle {
            self.idle = if is_first {
                self.alarm.is_reached(cx.now)
            } else {
                read != Drained::Ended && self.alarm.poll(cx)
            };
        }
        if is_first && !self.idle {
            self.held = None;
        }
        if read == Drained::Ended {
            return self.end();
        }
        if self.idle && self.held.is_some() {
            self.alarm.set(from_now::<C>(cx.now, self.span));
            self.idle = false;
            return self.give();
        }
        Self::nothing(read, cx)
    }

    fn sample(&mut self, cx: &mut Cx) -> Poll<Option<u32>> {
        let mut is_due = false;
        if !self.begun {
            self.alarm.set(from_now::<C>(cx.now, self.span));
            self.alarm.begin(cx);
        } else if !self.idle {
            is_due = self.alarm.poll(cx);
        }
        let read = self.drain(false);
        if read == Drained::Ended {
            return self.end();
        }
        if self.held.is_some() && (is_due || self.idle) {
            let tick = self.alarm.at.expect("a tick is over");
            let period = plus::<C>(0, self.span).expect("a tick is over");
            let since = cx.now - tick;
            is_due |= since % period == 0;
            let next = tick + (since / period + 1) * period;
            self.alarm.set(Some(next).filter(|it| *it <= C::LAST));
            self.idle = false;
            if is_due || self.alarm.poll(cx) {
                return self.give();
            }
        } else if is_due {
            self.idle = true;
        }
        Self::nothing(read, cx)
    }

    fn debounce(&mut self, cx: &mut Cx) -> Poll<Option<u32>> {
        let waited = self.held;
        if waited.is_some() && self.alarm.is_reached(cx.now) {
            // An item whose time is up is not replaced, also if the timer lets other tasks run first.
            return if self.alarm.poll(cx) { self.give() } else { Poll::Pending };
        }
        let read = self.drain(false);
        if read == Drained::Ended {
            return self.end();
        }
        if self.held != waited {
            let quiet = from_now::<C>(cx.now, self.span);
            if let (Kind::AtMost(limit), None) = (self.kind, waited) {
                self.latest = from_now::<C>(cx.now, limit);
            }
            let due = [quiet, self.latest].into_iter().flatten().min();
            self.alarm.set(due);
        }
        if self.held.is_some() {
            self.alarm.poll(cx);
        }
        Self::nothing(read, cx)
    }
}

impl<C: Clock> Model for Lossy<C> {
    type Seen = Poll<Option<u32>>;

    fn poll(&mut self, cx: &mut Cx) -> Self::Seen {
        if self.over {
            return Poll::Ready(None);
        }
        if self.is_identity() {
            let poll = self.work.poll_next();
            self.over = poll == Poll::Ready(None);
            return poll;
        }
        let poll = match self.kind {
            Kind::ThrottleLatest | Kind::ThrottleFirst => self.throttle(cx),
            Kind::Sample => self.sample(cx),
            Kind::Debounce | Kind::AtMost(_) => self.debounce(cx),
        };
        self.begun = true;
        poll
    }

    fn alarms(&mut self) -> Vec<&mut Alarm> {
        vec![&mut self.alarm]
    }
}

pub(crate) fn story<C: Clock>(run: &mut Run<C>) {
    let span = run.span();
    let limit = run.span();
    let kinds = [
        Kind::ThrottleLatest,
        Kind::ThrottleFirst,
        Kind::Sample,
        Kind::Debounce,
        Kind::AtMost(limit),
    ];
    let kind = kinds[run.rng.usize(..5)];
    run.op(format!("{kind:?} with {span:?}"));
    let told = Told::default();
    let (source, timer) = (told.clone(), run.timer.clone());
    let mut stream: Box<dyn FusedStream<Item = u32> + Unpin> = match kind {
        Kind::ThrottleLatest => Box::new(source.throttle_latest(timer, span)),
        Kind::ThrottleFirst => Box::new(source.throttle_first(timer, span)),
        Kind::Sample => Box::new(source.sample(timer, span)),
        Kind::Debounce => Box::new(source.debounce(timer, span)),
        Kind::AtMost(limit) => Box::new(source.debounce(timer, span).at_most(limit)),
    };
    let mut model = Lossy::<C> {
        clock: PhantomData,
        kind,
        span,
        alarm: Alarm::default(),
        begun: false,
        idle: matches!(kind, Kind::ThrottleLatest | Kind::ThrottleFirst),
        latest: None,
        work: Work::default(),
        held: None,
        over: false,
    };
    for _ in 0..run.rng.usize(1..40) {
        match run.rng.u32(..20) {
            0..=8 => run.poll(&mut model, |cx| Pin::new(&mut stream).poll_next(cx)),
            9..=13 => run.pass(&mut model),
            14..=18 => model.work.more(run, &told),
            _ => model.work.end(run, &told),
        }
        run.check(&mut model);
        assert_eq!(stream.is_terminated(), model.over, "is_terminated");
        assert_eq!(told.0.get(), model.work, "the source: seen, and said by the model");
        let held = usize::from(model.held.is_some());
        let most = model.work.size_hint().1.filter(|_| !model.over).map(|it| it + held);
        let size = match (model.over, model.is_identity()) {
            (true, _) => (0, Some(0)),
            (_, true) => model.work.size_hint(),
            // The source tells no more than that it goes on.
            _ => (if kind == Kind::ThrottleFirst { 0 } else { held }, most),
        };
        assert_eq!(stream.size_hint(), size, "size_hint");
    }
    run.op("drop");
}
