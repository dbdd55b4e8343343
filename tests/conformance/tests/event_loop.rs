//! The suite as futures, driven by a hand-written loop: its verdicts are those of the form that runs each case to its end.

use core::mem::discriminant;
use core::pin::Pin;
use core::sync::atomic::{AtomicBool, Ordering};
use core::task::{Context, Poll, Waker};
use std::sync::Arc;
use std::task::Wake;

use anytempo::Timer;
use anytempo_conformance::harness::{EventLoop, Promise, Trial, Verdict, promises, trials};
use anytempo_conformance::{Allowance, Clock, Failure, Outcome, Runtime, Subject};
use anytempo_virtual::{Executor, VirtualClock};

/// One list for both forms: what is not tried, what is kept after all, what does not exist.
const ALLOWANCES: &[Allowance] = &[
    Allowance::not_tried("sleep::never_early", "its clock is slow"),
    Allowance::expected_to_fail("sleep::stays_ready", "it was wrong once"),
    Allowance::expected_to_fail("pace::colors", "it is color-blind"),
];

/// A clock whose timer is right, or forgets every deadline.
#[derive(Clone)]
struct Host<const DEAF: bool>(VirtualClock);

impl<const DEAF: bool> Timer for Host<DEAF> {
    type Instant = anytempo_virtual::Instant;
    type Sleep = anytempo_virtual::Sleep;

    fn now(&self) -> Self::Instant {
        self.0.now()
    }

    fn raw_sleep(&self, deadline: Option<Self::Instant>) -> Self::Sleep {
        self.0.raw_sleep(deadline.filter(|_| !DEAF))
    }
}

impl<const DEAF: bool> EventLoop for Host<DEAF> {
    type Timer = Self;
    const CLOCK: Clock = Clock::Exact;
    const ALLOWANCES: &'static [Allowance] = ALLOWANCES;

    fn timer(&self) -> Self {
        self.clone()
    }
}

/// A case in a box, so that what runs it is compiled once and not for each case.
type Boxed = Pin<Box<dyn Future<Output = Outcome>>>;

/// The same, as a runtime.
struct Blocking<const DEAF: bool>;

impl<const DEAF: bool> Runtime for Blocking<DEAF> {
    type Timer = Host<DEAF>;
    const CLOCK: Clock = Clock::Exact;
    const ALLOWANCES: &'static [Allowance] = ALLOWANCES;

    fn run<F>(&self, case: impl FnOnce(Subject<Host<DEAF>>) -> F) -> Outcome
    where
        F: Future<Output = Outcome> + 'static,
    {
        let clock = VirtualClock::new();
        let executor = Executor::new(&clock);
        let case: Boxed = Box::pin(case(Subject { timer: Host(clock), clock: Self::CLOCK }));
        executor.block_on(case).unwrap_or_else(|_| Err(Failure::new("something is due")))
    }
}

#[derive(Default)]
struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// What a browser does, if its time were simulated: polls what is woken, and goes on to the next deadline.
fn driven(clock: &VirtualClock, trial: Trial) -> Verdict {
    let flag = Arc::new(Flag::default());
    let waker = Waker::from(flag.clone());
    let mut started = trial.start();
    flag.0.store(true, Ordering::Relaxed);
    loop {
        if flag.0.swap(false, Ordering::Relaxed) {
            let poll = Pin::new(&mut started).poll(&mut Context::from_waker(&waker));
            if let Poll::Ready(verdict) = poll {
                return verdict;
            }
        } else if let Some(deadline) = clock.next_deadline() {
            clock.advance_to(deadline);
        } else {
            return started.give_up();
        }
    }
}

fn both<const DEAF: bool>() -> Vec<(String, Verdict, Verdict)> {
    let promises: Vec<Promise> = promises(|| Blocking::<DEAF>);
    let clock = VirtualClock::new();
    let trials = trials(Host::<DEAF>(clock.clone()));
    assert_eq!(promises.len(), trials.len());
    let both = promises.into_iter().zip(trials).map(|(promise, trial)| {
        assert_eq!((promise.group, promise.name), (trial.group, trial.name));
        assert_eq!((promise.limit, promise.allowance), (trial.limit, trial.allowance));
        let name = format!("{}::{}", trial.group, trial.name);
        (name, driven(&clock, trial), promise.tried("here").verdict)
    });
    both.collect()
}

#[test]
fn both_forms_give_the_same_verdicts() {
    for (name, driven, run) in both::<false>() {
        assert_eq!(driven, run, "{name}");
        let expected = match name.as_str() {
            "sleep::never_early" => Verdict::Allowed { why: "its clock is slow", seen: None },
            "sleep::stays_ready" => Verdict::Broken("it is kept, so the allowance can go".into()),
            "allowances::pace::colors" => Verdict::Broken("there is no case of this name".into()),
            _ => Verdict::Kept,
        };
        assert_eq!(driven, expected, "{name}");
    }
}

#[test]
fn what_hangs_is_given_up() {
    let mut broken = 0;
    for (name, driven, run) in both::<true>() {
        // The words differ: one knows that nothing is due, the other that it took too long.
        assert_eq!(discriminant(&driven), discriminant(&run), "{name}: {driven:?} and {run:?}");
        if matches!(&driven, Verdict::Broken(reason) if reason.starts_with("not over within ")) {
            broken += 1;
        }
    }
    assert!(broken > 100, "{broken}");
}
