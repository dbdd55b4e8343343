//! `close_on_exit` with one or two resources, whose closes wait or do not, and may fail; dropped or cancelled anywhere.

use core::cell::RefCell;
use core::future::Future;
use core::marker::PhantomData;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;
use std::rc::Rc;

use anytempo::scope::{CloseOnExit, Lent};
use anytempo::{Close, close_on_exit, closing, closing_async};
use futures_core::FusedFuture;

use crate::alarm::{Alarm, Cx};
use crate::clocks::{Clock, from_now};
use crate::run::{Model, Run};

/// How a resource is closed: at once, or after a wait.
#[derive(Clone, Copy, Debug)]
struct Plan {
    wait: Option<Duration>,
    fails: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Event {
    BodyBegins,
    BodyIsGone,
    /// The close of a resource, by its place.
    Begins(usize),
    Ends(usize),
    IsGone(usize),
    Aborted(usize),
}

type Log = Rc<RefCell<Vec<Event>>>;

/// Notes when it is dropped.
struct Gone(Log, Event);

impl Drop for Gone {
    fn drop(&mut self) {
        self.0.borrow_mut().push(self.1);
    }
}

/// What the body gave, and which closes failed, in the order of entry.
type Output = (u32, Vec<bool>);
type Seen = (Poll<Output>, Vec<Event>);

#[derive(Clone)]
struct Scope<C> {
    clock: PhantomData<C>,
    waits: Vec<Duration>,
    /// In the order of entry; they are closed from the end.
    plans: Vec<Plan>,
    events: Vec<Event>,
    alarm: Alarm,
    /// The step of the body or of the close, and whether it was polled.
    step: usize,
    begun: bool,
    /// How many resources are open, once the body is over.
    open: Option<usize>,
    over: bool,
}

impl<C: Clock> Scope<C> {
    fn wait(&mut self, delay: Duration, cx: &mut Cx) -> bool {
        if !self.begun {
            self.begun = true;
            self.alarm.set(from_now::<C>(cx.now, delay));
            self.alarm.begin(cx);
            return false;
        }
        let over = self.alarm.poll(cx);
        if over {
            self.begun = false;
            self.alarm.give_up();
        }
        over
    }

    fn poll_scope(&mut self, cx: &mut Cx) -> Poll<Output> {
        if self.over {
            return Poll::Pending;
        }
        if self.open.is_none() {
            if self.events.is_empty() {
                self.events.push(Event::BodyBegins);
            }
            while let Some(delay) = self.waits.get(self.step).copied() {
                if !self.wait(delay, cx) {
                    return Poll::Pending;
                }
                self.step += 1;
            }
            self.events.push(Event::BodyIsGone);
            self.open = Some(self.plans.len());
        }
        while let Some(last) = self.open.and_then(|open| open.checked_sub(1)) {
            if let Some(delay) = self.plans[last].wait {
                if !self.begun {
                    self.events.push(Event::Begins(last));
                }
                if !self.wait(delay, cx) {
                    return Poll::Pending;
                }
                self.events.extend([Event::Ends(last), Event::IsGone(last)]);
            } else {
                self.events.push(Event::Ends(last));
            }
            self.open = Some(last);
        }
        self.over = true;
        Poll::Ready((7, self.plans.iter().map(|it| it.fails).collect()))
    }

    /// It is dropped or cancelled: what is open is aborted, last first.
    fn cancel(&mut self) -> Option<u32> {
        if self.over {
            return None;
        }
        let value = self.open.map(|_| 7);
        if self.open.is_none() && !self.events.is_empty() {
            self.events.push(Event::BodyIsGone);
        }
        for last in (0..self.open.unwrap_or(self.plans.len())).rev() {
            if self.begun && self.open == Some(last + 1) {
                self.events.push(Event::IsGone(last));
            }
            let aborts = self.plans[last].wait.is_some();
            self.events.push(if aborts { Event::Aborted(last) } else { Event::Ends(last) });
        }
        self.over = true;
        self.alarm.give_up();
        value
    }
}

impl<C: Clock> Model for Scope<C> {
    type Seen = Seen;

    fn poll(&mut self, cx: &mut Cx) -> Seen {
        (self.poll_scope(cx), self.events.clone())
    }

    fn alarms(&mut self) -> Vec<&mut Alarm> {
        vec![&mut self.alarm]
    }
}

/// A scope of any type, with its output as the model has it.
trait Scoped {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Output>;
    fn cancel(&mut self) -> Option<u32>;
    fn is_terminated(&self) -> bool;
}

struct Told<R: Close, F, Fut: Future, E> {
    scope: Pin<Box<CloseOnExit<R, F, Fut>>>,
    errors: E,
}

impl<R, F, Fut, E> Scoped for Told<R, F, Fut, E>
where
    R: Close,
    Fut: Future<Output = u32>,
    E: Fn(Option<R::Error>) -> Vec<bool>,
{
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Output> {
        self.scope.as_mut().poll(cx).map(|output| match output {
            Ok(value) => (value, (self.errors)(None)),
            Err(failed) => (failed.value, (self.errors)(Some(failed.error))),
        })
    }

    fn cancel(&mut self) -> Option<u32> {
        self.scope.as_mut().cancel()
    }

    fn is_terminated(&self) -> bool {
        self.scope.is_terminated()
    }
}

fn at_once(log: &Log, place: usize, plan: Plan) -> impl Close<Error = (), Target = Log> + use<> {
    closing(log.clone(), move |log| {
        log.borrow_mut().push(Event::Ends(place));
        if plan.fails { Err(()) } else { Ok(()) }
    })
}

fn after_a_wait<C: Clock>(
    timer: &C,
    log: &Log,
    place: usize,
    plan: Plan,
) -> impl Close<Error = (), Target = Log> + use<C> {
    let timer = timer.clone();
    let close = async move |log: Lent<'_, Log>| {
        let _gone = Gone((*log).clone(), Event::IsGone(place));
        log.borrow_mut().push(Event::Begins(place));
        timer.sleep(plan.wait.unwrap_or_default()).await;
        log.borrow_mut().push(Event::Ends(place));
        if plan.fails { Err(()) } else { Ok(()) }
    };
    closing_async(log.clone(), close, move |log| log.borrow_mut().push(Event::Aborted(place)))
}

fn enter<C: Clock, R: Close + 'static>(
    timer: &C,
    log: &Log,
    waits: Vec<Duration>,
    resource: R,
    errors: impl Fn(Option<R::Error>) -> Vec<bool> + 'static,
) -> Box<dyn Scoped> {
    let (timer, log) = (timer.clone(), log.clone());
    let scope = close_on_exit(resource, async move |_| {
        let _gone = Gone(log.clone(), Event::BodyIsGone);
        log.borrow_mut().push(Event::BodyBegins);
        for wait in waits {
            timer.sleep(wait).await;
        }
        7
    });
    Box::new(Told { scope: Box::pin(scope), errors })
}

pub(crate) fn story<C: Clock>(run: &mut Run<C>) {
    let waits: Vec<_> = (0..run.rng.usize(..3)).map(|_| run.span()).collect();
    let plans: Vec<_> = (0..run.rng.usize(1..3))
        .map(|_| Plan { wait: run.chance(2).then(|| run.span()), fails: run.chance(3) })
        .collect();
    run.op(format!("a body that waits {waits:?}, and closes {plans:?}"));
    let mut model = Scope::<C> {
        clock: PhantomData,
        waits: waits.clone(),
        plans: plans.clone(),
        events: Vec::new(),
        alarm: Alarm::default(),
        step: 0,
        begun: false,
        open: None,
        over: false,
    };
    let log = Log::default();
    let timer = &run.timer.clone();
    let one = |error: Option<()>| vec![error.is_some()];
    macro_rules! both {
        ($first:expr, $second:expr) => {
            enter(timer, &log, waits, ($first, $second), |errors| {
                let (a, b) = errors.map_or((None, None), |it| it.into_errors());
                vec![a.is_some(), b.is_some()]
            })
        };
    }
    let mut scope = match *plans {
        [plan] if plan.wait.is_none() => enter(timer, &log, waits, at_once(&log, 0, plan), one),
        [plan] => enter(timer, &log, waits, after_a_wait(timer, &log, 0, plan), one),
        [a, b] => match (a.wait, b.wait) {
            (None, None) => both!(at_once(&log, 0, a), at_once(&log, 1, b)),
            (None, _) => both!(at_once(&log, 0, a), after_a_wait(timer, &log, 1, b)),
            (_, None) => both!(after_a_wait(timer, &log, 0, a), at_once(&log, 1, b)),
            _ => both!(after_a_wait(timer, &log, 0, a), after_a_wait(timer, &log, 1, b)),
        },
        _ => unreachable!("one or two"),
    };
    for _ in 0..run.rng.usize(..15) {
        match run.rng.u32(..20) {
            0..=9 => run.poll(&mut model, |cx| (scope.poll(cx), log.borrow().clone())),
            10..=18 => run.pass(&mut model),
            _ => {
                run.op("cancel");
                assert_eq!(scope.cancel(), model.cancel(), "what the body gave");
                run.check(&mut model);
            }
        }
        assert_eq!(*log.borrow(), model.events, "events: seen, and said by the model");
        assert_eq!(scope.is_terminated(), model.over, "is_terminated");
    }
    run.op("drop");
    drop(scope);
    model.cancel();
    assert_eq!(*log.borrow(), model.events, "events: seen, and said by the model");
    assert_eq!(Rc::strong_count(&log), 1, "all is dropped");
}
