//! A timer that writes down, in order, what is done with its clock.

use core::fmt::{self, Arguments, Write as _};
use core::future::{Future, poll_fn};
use core::pin::Pin;
use core::task::{Context, Poll, Waker};
use core::time::Duration;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Wake;

use anytempo::Timer;
use anytempo_conformance::suite::{Clock, Failure, Outcome, Runtime, Subject};
use anytempo_virtual::{Executor, Instant, VirtualClock};

/// Runs one case on virtual time. What the case does is a line each:
///
/// | | |
/// |---|---|
/// | `turn` | the executor polls the case |
/// | `now` | the clock is read |
/// | `sleep 2 made for 8ms` | a raw sleep is made, with a deadline or for `never` |
/// | `sleep 2 reset to 8ms` | it is reset |
/// | `sleep 2 pending`, `sleep 2 ready` | it is polled |
/// | `sleep 2 wakes` | its waker is woken |
/// | `sleep 2 dropped` | it is dropped |
///
/// Before the first line at a time is that time, counted from the start of the clock, as are the deadlines.
#[derive(Default)]
pub(crate) struct Recording {
    trace: Arc<Mutex<Trace>>,
}

impl Recording {
    /// What was written down until now.
    pub(crate) fn into_text(self) -> String {
        // Whoever keeps a timer or a sleep of the case has not come to write anything more.
        core::mem::take(&mut self.trace.lock().unwrap_or_else(PoisonError::into_inner).text)
    }
}

#[derive(Default)]
struct Trace {
    text: String,
    sleeps: usize,
    /// The time of the last line.
    time: Option<Duration>,
}

impl Runtime for Recording {
    type Timer = Recorder;
    const CLOCK: Clock = Clock::Exact;

    fn run<F>(&self, case: impl FnOnce(Subject<Recorder>) -> F) -> Outcome
    where
        F: Future<Output = Outcome> + 'static,
    {
        let clock = VirtualClock::new();
        let executor = Executor::new(&clock);
        let recorder = Recorder { clock, trace: self.trace.clone() };
        let turns = recorder.clone();
        let case = Box::pin(case(Subject { timer: recorder, clock: Self::CLOCK }));
        run_boxed(&executor, &turns, case)
    }
}

/// Runs a case in a box, so that this is compiled once and not for each case.
fn run_boxed(
    executor: &Executor,
    turns: &Recorder,
    mut case: Pin<Box<dyn Future<Output = Outcome>>>,
) -> Outcome {
    let ended = executor.block_on(poll_fn(|cx| {
        turns.say(format_args!("turn"));
        case.as_mut().poll(cx)
    }));
    ended.unwrap_or_else(|_deadlock| Err(Failure::new("something is due, as long as it waits")))
}

/// The timer of a [`Recording`].
#[derive(Clone)]
pub(crate) struct Recorder {
    clock: VirtualClock,
    trace: Arc<Mutex<Trace>>,
}

impl Recorder {
    fn say(&self, what: Arguments<'_>) {
        let now = self.clock.elapsed();
        let mut trace = self.trace.lock().unwrap_or_else(PoisonError::into_inner);
        let time = if trace.time == Some(now) { String::new() } else { format!("{now:?}") };
        trace.time = Some(now);
        // A string takes whatever is written to it.
        let _ = writeln!(trace.text, "{time:<7} {what}");
    }
}

impl Timer for Recorder {
    type Instant = Instant;
    type Sleep = RecordedSleep;

    fn now(&self) -> Instant {
        self.say(format_args!("now"));
        self.clock.now()
    }

    fn raw_sleep(&self, deadline: Option<Instant>) -> RecordedSleep {
        let id = {
            let mut trace = self.trace.lock().unwrap_or_else(PoisonError::into_inner);
            trace.sleeps += 1;
            trace.sleeps
        };
        self.say(format_args!("sleep {id} made for {}", Deadline(deadline)));
        RecordedSleep { id, recorder: self.clone(), sleep: self.clock.raw_sleep(deadline) }
    }
}

/// The sleep of a [`Recorder`].
pub(crate) struct RecordedSleep {
    id: usize,
    recorder: Recorder,
    sleep: anytempo_virtual::Sleep,
}

impl RecordedSleep {
    fn say(&self, what: &str) {
        self.recorder.say(format_args!("sleep {} {what}", self.id));
    }
}

impl Future for RecordedSleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let waker = RecordedWaker {
            id: self.id,
            recorder: self.recorder.clone(),
            waker: cx.waker().clone(),
        };
        let waker = Waker::from(Arc::new(waker));
        let poll = Pin::new(&mut self.sleep).poll(&mut Context::from_waker(&waker));
        self.say(if poll.is_ready() { "ready" } else { "pending" });
        poll
    }
}

impl anytempo::RawSleep for RecordedSleep {
    type Instant = Instant;

    fn reset(mut self: Pin<&mut Self>, deadline: Option<Instant>) {
        let (id, to) = (self.id, Deadline(deadline));
        self.recorder.say(format_args!("sleep {id} reset to {to}"));
        Pin::new(&mut self.sleep).reset(deadline);
    }

    fn deadline(&self) -> Option<Instant> {
        self.sleep.deadline()
    }
}

impl Drop for RecordedSleep {
    fn drop(&mut self) {
        self.say("dropped");
    }
}

/// The caller's waker, on its way to the clock.
struct RecordedWaker {
    id: usize,
    recorder: Recorder,
    waker: Waker,
}

impl Wake for RecordedWaker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.recorder.say(format_args!("sleep {} wakes", self.id));
        self.waker.wake_by_ref();
    }
}

struct Deadline(Option<Instant>);

impl fmt::Display for Deadline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(instant) => write!(f, "{instant}"),
            None => f.write_str("never"),
        }
    }
}
