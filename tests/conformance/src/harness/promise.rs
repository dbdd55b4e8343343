use core::fmt;
use core::time::Duration;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use anytempo::Timer;

use crate::harness::child::Outcome;
use crate::harness::{Tried, Verdict, default_limit, limit, panics, plain, process};
use crate::suite::{self, Allowance, Case, Runtime, Spawns};

/// A case on a runtime, whatever the type of that runtime.
pub struct Promise {
    /// What it is about.
    pub group: &'static str,
    /// The promise, in few words.
    pub name: &'static str,
    /// Why it need not be kept, if so.
    pub allowance: Option<Allowance>,
    /// How long the case may take. At first it is what `ANYTEMPO_CASE_LIMIT` says, or else the [`default_limit`].
    ///
    /// A case that is tried elsewhere has a limit of its own.
    pub limit: Duration,
    way: Way,
}

/// Runs a case on this thread.
type Here = Arc<dyn Fn() -> Outcome + Send + Sync>;

enum Way {
    Here {
        run: Here,
        /// Whether it may run while others run in this process.
        is_parallel: bool,
    },
    Elsewhere(Box<dyn Fn() -> Outcome + Send>),
}

/// Held by the case that runs, of those of a process that cannot run at the same time.
static TURN: Mutex<()> = Mutex::new(());

impl Promise {
    fn new<R: Runtime + 'static>(case: Case<R>, make: fn() -> R) -> Self {
        Self::with(
            case,
            Way::Here {
                run: Arc::new(move || (case.run)(&make()).map_err(|failure| failure.to_string())),
                is_parallel: R::PARALLEL,
            },
        )
    }

    /// The promise of a case that is tried elsewhere than on this host: `outcome` tells how it went there.
    pub fn elsewhere<R: Runtime>(
        case: Case<R>,
        outcome: impl Fn() -> Result<(), String> + Send + 'static,
    ) -> Self {
        Self::with(case, Way::Elsewhere(Box::new(outcome)))
    }

    fn with<R: Runtime>(case: Case<R>, way: Way) -> Self {
        let limit = limit::case_limit().ok().flatten();
        Self {
            group: case.group,
            name: case.name,
            allowance: case.allowance().copied(),
            limit: limit.unwrap_or(default_limit(R::CLOCK)),
            way,
        }
    }

    /// Sees whether it is kept on the runtime of this name.
    ///
    /// The case runs in a process of its own if this program [serves](crate::harness::serve) such processes, and the system can
    /// start it. Otherwise it runs in a thread: then a panic is still one broken promise, but an abort ends this program.
    pub fn tried(&self, runtime: &str) -> Tried {
        self.tried_aloud(runtime).0
    }

    /// As [`tried`](Self::tried), with what the case printed, if that was not printed by this process.
    pub(super) fn tried_aloud(&self, runtime: &str) -> (Tried, Vec<u8>) {
        let start = Instant::now();
        let (verdict, said) = match &self.allowance {
            Some(allowance) if !allowance.is_tried() => {
                (Verdict::Allowed { why: allowance.why(), seen: None }, Vec::new())
            }
            allowance => match self.outcome(runtime) {
                Ok((outcome, said)) => (Verdict::of(outcome, allowance.as_ref()), said),
                // An allowance is for what the case finds.
                Err(reason) => (Verdict::Broken(reason), Vec::new()),
            },
        };
        let (runtime, took) = (runtime.to_owned(), start.elapsed());
        (Tried { runtime, group: self.group, name: self.name, verdict, took }, said)
    }

    /// How the case went, and what it printed. The error says why it could not be tried.
    fn outcome(&self, runtime: &str) -> Result<(Outcome, Vec<u8>), String> {
        match &self.way {
            Way::Here { run, is_parallel } => {
                let in_a_process = || process::tried(&self.title(runtime), self.limit);
                let ended = process::is_possible().then(in_a_process).transpose()?.flatten();
                if let Some(ended) = ended {
                    return Ok((ended.outcome, ended.said));
                }
                // Before the time is taken. A case that hangs gives up its turn.
                let _turn =
                    (!is_parallel).then(|| TURN.lock().unwrap_or_else(PoisonError::into_inner));
                Ok((self.in_a_thread(runtime, run), Vec::new()))
            }
            Way::Elsewhere(outcome) => Ok((outcome(), Vec::new())),
        }
    }

    fn in_a_thread(&self, runtime: &str, run: &Here) -> Outcome {
        let (sender, receiver) = channel();
        let run = Arc::clone(run);
        let thread = thread::Builder::new().name(self.title(runtime));
        // It is heard unless the limit was reached. A case that hangs keeps its thread until the process ends.
        let body = move || drop(sender.send(panics::caught(|| run()).and_then(|it| it)));
        if let Err(error) = thread.spawn(body) {
            return Err(format!("no thread could be started: {}", plain(&error)));
        }
        receiver.recv_timeout(self.limit).unwrap_or_else(|error| match error {
            RecvTimeoutError::Timeout => {
                Err(format!("not over within {:?}: a wake was lost, or it hangs", self.limit))
            }
            RecvTimeoutError::Disconnected => Err("its thread ended before the case did".into()),
        })
    }

    /// Its full name: `runtime::group::name`.
    pub(super) fn title(&self, runtime: &str) -> String {
        format!("{runtime}::{}::{}", self.group, self.name)
    }

    /// What runs it on this thread, if it is not tried elsewhere.
    pub(super) fn here(&self) -> Option<Here> {
        match &self.way {
            Way::Here { run, .. } => Some(Arc::clone(run)),
            Way::Elsewhere(_) => None,
        }
    }
}

impl fmt::Debug for Promise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Promise({}::{})", self.group, self.name)
    }
}

/// Every case on one thread, for the runtimes that `make` makes.
pub fn promises<R: Runtime + 'static>(make: fn() -> R) -> Vec<Promise> {
    let mut promises = Vec::new();
    suite::each::<R>(|case| promises.push(Promise::new(case, make)));
    promises.extend(unknown::<R>());
    promises
}

/// Every case, for runtimes whose waits are `Send`.
pub fn promises_across_threads<R>(make: fn() -> R) -> Vec<Promise>
where
    R: Runtime<Timer: Timer<Sleep: Send + 'static>> + 'static,
{
    let mut promises = Vec::new();
    suite::each::<R>(|case| promises.push(Promise::new(case, make)));
    suite::each_across_threads::<R>(|case| promises.push(Promise::new(case, make)));
    promises.extend(unknown::<R>());
    promises
}

/// Every case of closes that are handed to a spawner, for runtimes that have one. They come beside the others.
pub fn promises_of_spawner<R: Spawns + 'static>(make: fn() -> R) -> Vec<Promise> {
    let mut promises = Vec::new();
    suite::each_spawning::<R>(|case| promises.push(Promise::new(case, make)));
    promises
}

/// As [`promises_of_spawner`], and those for which the spawner must be `Send`.
pub fn promises_of_spawner_across_threads<R>(make: fn() -> R) -> Vec<Promise>
where
    R: Spawns<Spawner: Send> + 'static,
{
    let mut promises = promises_of_spawner(make);
    suite::each_spawning_across_threads::<R>(|case| promises.push(Promise::new(case, make)));
    promises
}

/// A broken promise for each allowance that allows nothing: it is a mistake, and would never be seen.
fn unknown<R: Runtime>() -> impl Iterator<Item = Promise> {
    suite::unknown::<R>().map(|allowance| Promise {
        group: "allowances",
        name: allowance.case(),
        allowance: None,
        limit: default_limit(R::CLOCK),
        way: Way::Elsewhere(Box::new(|| Err("there is no case of this name".into()))),
    })
}
