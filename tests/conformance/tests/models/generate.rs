//! `generate`, with bodies that emit, wait, limit an emit, and leave one.

use core::cell::{Cell, RefCell};
use core::future::Future;
use core::marker::PhantomData;
use core::pin::pin;
use core::task::Poll;
use core::time::Duration;
use std::rc::Rc;

use anytempo::generate;
use futures_core::{FusedStream, Stream};
use futures_util::future::poll_fn;

use crate::alarm::{Alarm, Cx};
use crate::clocks::{Clock, from_now};
use crate::run::{Model, Run};

/// What a body does. An item is the number of its step.
#[derive(Clone, Copy, Debug)]
enum Step {
    Emit,
    /// An emit with a time limit.
    EmitWithin(Duration),
    /// An emit that is polled once and dropped.
    Leave,
    /// An emit that is dropped without a poll.
    Drop,
    Sleep(Duration),
}

#[derive(Clone)]
struct Body<C> {
    clock: PhantomData<C>,
    steps: Rc<Vec<Step>>,
    at: usize,
    /// Whether the step was polled, and whether its emit has put its item into the slot.
    begun: bool,
    put: bool,
    slot: Option<usize>,
    alarm: Alarm,
    /// Whether each emit with a limit was in time.
    in_time: Vec<bool>,
    over: bool,
}

impl<C: Clock> Body<C> {
    /// The first poll puts the item, if there is room; a later one is ready once it was given.
    fn emit(&mut self) -> bool {
        if self.put {
            return self.slot.is_none();
        }
        if self.slot.is_none() {
            self.slot = Some(self.at);
            self.put = true;
        }
        false
    }

    /// Whether the step is done.
    fn step(&mut self, step: Step, cx: &mut Cx) -> bool {
        let first = !self.begun;
        self.begun = true;
        match step {
            Step::Emit => self.emit(),
            Step::EmitWithin(limit) => {
                let emitted = self.emit();
                if !emitted && first {
                    self.alarm.set(from_now::<C>(cx.now, limit));
                }
                let done = emitted || self.alarm.poll(cx);
                if done {
                    self.in_time.push(emitted);
                }
                done
            }
            Step::Leave => {
                self.emit();
                true
            }
            Step::Drop => true,
            Step::Sleep(delay) if first => {
                self.alarm.set(from_now::<C>(cx.now, delay));
                self.alarm.begin(cx);
                false
            }
            Step::Sleep(_) => self.alarm.poll(cx),
        }
    }
}

impl<C: Clock> Model for Body<C> {
    type Seen = Seen;

    fn poll(&mut self, cx: &mut Cx) -> Seen {
        (self.poll_next(cx), self.at, self.in_time.clone())
    }

    fn alarms(&mut self) -> Vec<&mut Alarm> {
        vec![&mut self.alarm]
    }
}

impl<C: Clock> Body<C> {
    fn poll_next(&mut self, cx: &mut Cx) -> Poll<Option<usize>> {
        while let Some(step) = self.steps.get(self.at).copied() {
            if !self.step(step, cx) {
                return self.slot.take().map_or(Poll::Pending, |item| Poll::Ready(Some(item)));
            }
            self.alarm.give_up();
            self.at += 1;
            (self.begun, self.put) = (false, false);
        }
        self.over = true;
        Poll::Ready(self.slot.take())
    }
}

/// An item, the step at which the body is, and whether each emit with a limit was in time.
type Seen = (Poll<Option<usize>>, usize, Vec<bool>);

fn any_step<C: Clock>(run: &mut Run<C>) -> Step {
    match run.rng.u32(..8) {
        0..=2 => Step::Emit,
        3 => Step::EmitWithin(run.span()),
        4 => Step::Leave,
        5 => Step::Drop,
        _ => Step::Sleep(run.span()),
    }
}

pub(crate) fn story<C: Clock>(run: &mut Run<C>) {
    let steps = Rc::new((0..run.rng.usize(..8)).map(|_| any_step(run)).collect::<Vec<_>>());
    run.op(format!("generate: {steps:?}"));
    let mut model = Body::<C> {
        clock: PhantomData,
        steps: steps.clone(),
        at: 0,
        begun: false,
        put: false,
        slot: None,
        alarm: Alarm::default(),
        in_time: Vec::new(),
        over: false,
    };
    let (at, in_time) = (Rc::new(Cell::new(0)), Rc::new(RefCell::new(Vec::new())));
    let timer = run.timer.clone();
    let mut stream = {
        let (at, in_time) = (at.clone(), in_time.clone());
        Box::pin(generate(async move |mut y| {
            for (item, step) in steps.iter().enumerate() {
                match *step {
                    Step::Emit => y.emit(item).await,
                    Step::EmitWithin(limit) => {
                        let emitted = timer.timeout(limit, y.emit(item)).await;
                        in_time.borrow_mut().push(emitted.is_ok());
                    }
                    Step::Leave => {
                        let mut emit = pin!(y.emit(item));
                        poll_fn(|cx| Poll::Ready(emit.as_mut().poll(cx).is_ready())).await;
                    }
                    Step::Drop => drop(y.emit(item)),
                    Step::Sleep(delay) => timer.sleep(delay).await,
                }
                at.set(item + 1);
            }
        }))
    };
    for _ in 0..run.rng.usize(1..25) {
        if run.chance(3) {
            run.pass(&mut model);
        } else {
            run.poll(&mut model, |cx| {
                let poll = stream.as_mut().poll_next(cx);
                (poll, at.get(), in_time.borrow().clone())
            });
        }
        assert_eq!(stream.is_terminated(), model.over, "is_terminated");
        let holders = if model.over { 1 } else { 2 };
        assert_eq!(Rc::strong_count(&in_time), holders, "a body that is over is dropped");
    }
    run.op("drop");
    drop(stream);
    assert_eq!(Rc::strong_count(&in_time), 1, "the body is dropped");
}
