//! `pace(..).burst(n)`, as a bucket whose tokens are counted.

use core::marker::PhantomData;
use core::pin::Pin;
use core::task::Poll;
use core::time::Duration;

use anytempo::StreamTimeExt;
use futures_core::{FusedStream, Stream};

use crate::alarm::{Alarm, Cx};
use crate::clocks::{At, Clock, from_now, plus};
use crate::run::{Model, Run};
use crate::work::{Told, Work};

#[derive(Clone, Copy, PartialEq)]
enum Slot {
    First,
    /// The next item was not asked for.
    Taken,
    /// Asked for; there was a token.
    Granted,
    /// Asked for, without a token.
    Armed,
}

#[derive(Clone)]
struct Bucket<C> {
    clock: PhantomData<C>,
    delay: Duration,
    most: u32,
    slot: Slot,
    /// When each of the tokens that were taken is back, the last one last. `None` is never.
    back: Vec<Option<At>>,
    alarm: Alarm,
    work: Work,
    held: Option<u32>,
    over: bool,
}

impl<C: Clock> Bucket<C> {
    /// Whether a token is there, and otherwise when it will be.
    fn token(&self, now: At) -> Result<(), Option<At>> {
        let is_out = |at: &Option<At>| at.is_none_or(|at| at > now);
        let out: Vec<_> = self.back.iter().copied().filter(is_out).collect();
        let most = self.most.max(1) as usize;
        if out.len() < most { Ok(()) } else { Err(out[out.len() - most]) }
    }

    fn take(&mut self, now: At) {
        self.back.push(match self.back.last() {
            Some(None) => None,
            Some(Some(last)) if *last > now => plus::<C>(*last, self.delay),
            _ => from_now::<C>(now, self.delay),
        });
    }
}

impl<C: Clock> Model for Bucket<C> {
    type Seen = Poll<Option<u32>>;

    fn poll(&mut self, cx: &mut Cx) -> Self::Seen {
        if self.held.is_none() {
            if self.over {
                return Poll::Ready(None);
            }
            match self.work.poll_next() {
                Poll::Ready(None) => {
                    self.over = true;
                    self.alarm.give_up();
                    return Poll::Ready(None);
                }
                Poll::Ready(item) => self.held = item,
                Poll::Pending => {}
            }
        }
        match self.slot {
            Slot::First | Slot::Granted => {}
            Slot::Taken => {
                match self.token(cx.now) {
                    Ok(()) => {
                        self.slot = Slot::Granted;
                        cx.wakes += 1;
                    }
                    Err(at) => {
                        self.slot = Slot::Armed;
                        self.alarm.set(at);
                        self.alarm.begin(cx);
                    }
                }
                return Poll::Pending;
            }
            Slot::Armed => {
                if !self.alarm.poll(cx) {
                    return Poll::Pending;
                }
                self.slot = Slot::Granted;
                self.alarm.give_up();
            }
        }
        let Some(item) = self.held.take() else { return Poll::Pending };
        self.take(cx.now);
        self.slot = Slot::Taken;
        Poll::Ready(Some(item))
    }

    fn alarms(&mut self) -> Vec<&mut Alarm> {
        vec![&mut self.alarm]
    }
}

pub(crate) fn story<C: Clock>(run: &mut Run<C>) {
    let (delay, bound) = (run.span(), if run.chance(2) { 5 } else { 12 });
    let most = run.rng.u32(..bound);
    run.op(format!("pace({delay:?}).burst({most})"));
    let told = Told::default();
    let mut stream = told.clone().pace(run.timer.clone(), delay).burst(most);
    let mut model = Bucket::<C> {
        clock: PhantomData,
        delay,
        most,
        slot: Slot::First,
        back: Vec::new(),
        alarm: Alarm::default(),
        work: Work::default(),
        held: None,
        over: false,
    };
    for _ in 0..run.rng.usize(1..200) {
        match run.rng.u32(..20) {
            0..=11 => run.poll(&mut model, |cx| Pin::new(&mut stream).poll_next(cx)),
            12..=15 => run.pass(&mut model),
            16..=18 => model.work.more(run, &told),
            _ => model.work.end(run, &told),
        }
        run.check(&mut model);
        assert_eq!(stream.is_terminated(), model.over, "is_terminated");
        assert_eq!(told.0.get(), model.work, "the source: seen, and said by the model");
        let held = usize::from(model.held.is_some());
        let size = if model.over { (0, Some(0)) } else { (held, None) };
        assert_eq!(stream.size_hint(), size, "size_hint");
        let due = model.alarm.at.filter(|_| model.slot == Slot::Armed && !model.over);
        run.check_deadline(stream.deadline(), due);
    }
    run.op("drop");
}
