//! The cases as futures, for a host that cannot block.

use core::cell::RefCell;
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;
use std::rc::Rc;

use anytempo::Timer;

use crate::harness::{Verdict, default_limit, limit, panics};
use crate::suite::{self, Allowance, Case, Clock, Outcome, Runtime, Subject};

/// A host that polls futures itself, and cannot block: a browser, the main loop of a window.
///
/// [`trials`] gives the cases for it. What can block implements [`Runtime`] instead, as that is less work.
pub trait EventLoop: 'static {
    /// The timer to be held to its promises.
    type Timer: Timer + 'static;

    /// How its clock moves.
    const CLOCK: Clock;

    /// As [`Runtime::ALLOWANCES`].
    const ALLOWANCES: &'static [Allowance] = &[];

    /// The timer for one case.
    fn timer(&self) -> Self::Timer;
}

/// Hands out every case on one thread, to be driven by an event loop.
///
/// Run them one after the other: [`start`](Trial::start) gives a future that the loop polls as any other.
///
/// - Cases that need threads of their own, or begin and end a runtime, are not among them: `host::moves_to_another_thread`, and all of
///   a spawner.
/// - An allowance for no case is a trial that fails.
///
/// # Examples
///
/// ```
/// use anytempo_conformance::harness::{EventLoop, Verdict, trials};
/// use anytempo_conformance::Clock;
/// use anytempo_virtual::{Executor, VirtualClock};
///
/// struct Mine(VirtualClock);
///
/// impl EventLoop for Mine {
///     type Timer = VirtualClock;
///     const CLOCK: Clock = Clock::Exact;
///
///     fn timer(&self) -> VirtualClock {
///         self.0.clone()
///     }
/// }
///
/// let clock = VirtualClock::new();
/// let executor = Executor::new(&clock);
/// for trial in trials(Mine(clock)).into_iter().filter(|trial| trial.group == "sleep") {
///     let name = trial.name;
///     let verdict = executor.block_on(trial.start()).expect("something is due");
///     assert_eq!(verdict, Verdict::Kept, "{name}");
/// }
/// ```
pub fn trials<L: EventLoop>(event_loop: L) -> Vec<Trial> {
    let event_loop = Rc::new(event_loop);
    let limit = limit::case_limit().ok().flatten().unwrap_or(default_limit(L::CLOCK));
    let mut trials = Vec::new();
    suite::each::<Handing<L>>(|case| {
        let event_loop = Rc::clone(&event_loop);
        trials.push(Trial {
            group: case.group,
            name: case.name,
            needs_host: case.needs_host,
            limit,
            allowance: case.allowance().copied(),
            make: Box::new(move || Handing::handed(event_loop, case)),
        });
    });
    trials.extend(suite::unknown::<Handing<L>>().map(|allowance| Trial {
        group: "allowances",
        name: allowance.case(),
        needs_host: false,
        limit,
        allowance: None,
        make: Box::new(|| Box::pin(async { Err("there is no case of this name".into()) })),
    }));
    trials
}

/// What a case tells, as a future.
type Telling = Pin<Box<dyn Future<Output = Result<(), String>>>>;

/// A case that an event loop can try.
pub struct Trial {
    /// What it is about.
    pub group: &'static str,
    /// The promise, in few words.
    pub name: &'static str,
    /// Whether the case needs a host: a heap, threads, or a panic that can be caught. Skip it where a panic aborts.
    pub needs_host: bool,
    /// How long it may take. The host gives it up after that: see [`Started::give_up`].
    pub limit: Duration,
    /// Why it need not be kept, if so.
    pub allowance: Option<Allowance>,
    make: Box<dyn FnOnce() -> Telling>,
}

impl Trial {
    /// Begins the case. A case that is not to be tried is not begun, and its future is ready at once.
    ///
    /// Call it where the loop is not polling anything, if there is such a place: some cases make their waits right here.
    pub fn start(self) -> Started {
        let is_tried = self.allowance.as_ref().is_none_or(|allowance| allowance.is_tried());
        let telling = if is_tried { panics::caught(self.make).map(Some) } else { Ok(None) };
        Started { limit: self.limit, allowance: self.allowance, telling }
    }
}

impl fmt::Debug for Trial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Trial({}::{})", self.group, self.name)
    }
}

/// A case that has begun. As a future it gives what became of the promise.
///
/// A panic in it is a broken promise, where panics can be caught.
#[must_use = "futures do nothing unless polled"]
pub struct Started {
    limit: Duration,
    allowance: Option<Allowance>,
    /// Nothing if it is not tried. The error is of one that has panicked already.
    telling: Result<Option<Telling>, String>,
}

impl Started {
    /// What became of the promise if the case is not over within its limit.
    pub fn give_up(self) -> Verdict {
        let Self { limit, allowance, telling } = self;
        // It may panic as it is dropped.
        let dropped = panics::caught(|| drop(telling));
        let over = Err(format!("not over within {limit:?}: a wake was lost, or it hangs"));
        Verdict::of(dropped.and(over), allowance.as_ref())
    }

    fn verdict(&self, outcome: Result<(), String>) -> Verdict {
        Verdict::of(outcome, self.allowance.as_ref())
    }
}

impl Future for Started {
    type Output = Verdict;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Verdict> {
        let telling = match &mut self.telling {
            Ok(Some(telling)) => telling,
            Ok(None) => {
                let why = self.allowance.as_ref().map_or("", |allowance| allowance.why());
                return Poll::Ready(Verdict::Allowed { why, seen: None });
            }
            Err(reason) => {
                let reason = reason.clone();
                return Poll::Ready(self.verdict(Err(reason)));
            }
        };
        match panics::caught(|| telling.as_mut().poll(cx)) {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(outcome)) => Poll::Ready(self.verdict(outcome)),
            Err(reason) => {
                // What has panicked is not polled again.
                self.telling = Err(reason.clone());
                Poll::Ready(self.verdict(Err(reason)))
            }
        }
    }
}

impl fmt::Debug for Started {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Started").finish_non_exhaustive()
    }
}

/// A runtime that does not run a case, but keeps it to be handed out.
struct Handing<L> {
    event_loop: Rc<L>,
    kept: RefCell<Option<Pin<Box<dyn Future<Output = Outcome>>>>>,
}

impl<L: EventLoop> Handing<L> {
    fn handed(event_loop: Rc<L>, case: Case<Self>) -> Telling {
        let handing = Self { event_loop, kept: RefCell::new(None) };
        let early = (case.run)(&handing);
        let kept = handing.kept.take();
        Box::pin(async move {
            let outcome = match kept {
                Some(case) => case.await,
                None => early,
            };
            outcome.map_err(|failure| failure.to_string())
        })
    }
}

impl<L: EventLoop> Runtime for Handing<L> {
    type Timer = L::Timer;
    const CLOCK: Clock = L::CLOCK;
    const ALLOWANCES: &'static [Allowance] = L::ALLOWANCES;

    fn run<F>(&self, case: impl FnOnce(Subject<L::Timer>) -> F) -> Outcome
    where
        F: Future<Output = Outcome> + 'static,
    {
        let subject = Subject { timer: self.event_loop.timer(), clock: Self::CLOCK };
        self.kept.replace(Some(Box::pin(case(subject))));
        Ok(())
    }
}
