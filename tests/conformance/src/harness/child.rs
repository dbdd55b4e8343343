//! A process for each case, seen from inside.

use core::convert::Infallible;
use std::env;
use std::io::{self, Write};
use std::process::exit;
use std::thread;

use crate::harness::{Promise, panics, plain, process};

/// How a case ended: kept, or broken in this way.
pub(super) type Outcome = Result<(), String>;

/// The environment variable with the full name of the one case that a process is to try.
pub const CASE: &str = "ANYTEMPO_CASE";

/// What the line begins with that tells the outcome. Only the process that started this one knows it.
pub(super) const MARK: &str = "ANYTEMPO_MARK";

/// The exit code that no one is there to see.
const ORPHANED: i32 = 3;

/// The case that this process is to try, and no other.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    pub(super) title: String,
    mark: Option<String>,
}

impl Wanted {
    /// `None` if this process is to do its own work.
    pub(super) fn from_env() -> Option<Self> {
        let title = env::var(CASE).ok()?;
        let wanted = Self { title, mark: env::var(MARK).ok() };
        if wanted.mark.is_some() {
            // Without room for a thread the case says so itself, and ends.
            let _ = thread::Builder::new().spawn(|| {
                let _ = io::copy(&mut io::stdin(), &mut io::sink());
                exit(ORPHANED);
            });
        }
        Some(wanted)
    }

    /// Whether it is this one.
    pub(super) fn is(&self, runtime: &str, promise: &Promise) -> bool {
        let rest = self.title.strip_prefix(runtime).and_then(|it| it.strip_prefix("::"));
        rest.and_then(|it| it.split_once("::")) == Some((promise.group, promise.name))
    }

    /// Tries the case, tells how it went, and ends the process.
    pub(super) fn serve(&self, promise: &Promise) -> ! {
        let Some(run) = promise.here() else {
            self.tell(Err("this case is not tried in a process of this program".into()))
        };
        // In a thread, as where there are no processes; a panic is told under its name.
        let thread = thread::Builder::new().name(self.title.clone());
        let outcome = match thread.spawn(move || panics::caught(|| run())) {
            Ok(thread) => thread.join().unwrap_or_else(|_| Err("it panicked".into())),
            Err(error) => Err(format!("no thread could be started: {}", plain(&error))),
        };
        self.tell(outcome.and_then(|outcome| outcome))
    }

    /// There is no such case.
    pub(super) fn not_found(&self) -> ! {
        self.tell(Err(format!("this program has no case `{}`", self.title)))
    }

    fn tell(&self, outcome: Outcome) -> ! {
        let mut out = io::stdout().lock();
        let told: io::Result<Infallible> = (|| {
            let code = match &self.mark {
                Some(mark) => {
                    let reason = serde_json::to_string(&outcome.err()).map_err(io::Error::other)?;
                    // A line of its own, whatever the case has printed.
                    write!(out, "\n{mark} {reason}\n")?;
                    0
                }
                None => {
                    let code = i32::from(outcome.is_err());
                    let word = outcome.map_or_else(|reason| reason, |()| "kept".into());
                    writeln!(out, "{}: {word}", self.title)?;
                    code
                }
            };
            out.flush()?;
            exit(code)
        })();
        // The other process sees that no outcome was told.
        let Err(error) = told;
        eprintln!("the outcome cannot be told: {}", plain(&error));
        exit(1)
    }
}

/// Lets the cases of a program run in processes of their own; to be called first in its `main`.
///
/// A program that has its own `main` and tries [promises](Promise) calls this. [`Harness`](crate::harness::Harness) does so by itself.
///
/// - In the program itself it returns at once, and [`Promise::tried`] starts this program again for each case.
/// - In such a process it tries the one case that is called `runtime::group::name`, and exits. `find` gives the promises of
///   a runtime.
///
/// A case of which `find` knows nothing is broken, with that reason.
pub fn serve(find: impl FnOnce(&str) -> Vec<(String, Promise)>) {
    process::serves();
    let Some(wanted) = Wanted::from_env() else { return };
    for (runtime, promise) in find(&wanted.title) {
        if wanted.is(&runtime, &promise) {
            wanted.serve(&promise);
        }
    }
    wanted.not_found()
}
