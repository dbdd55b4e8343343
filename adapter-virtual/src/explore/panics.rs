//! Panics of runs that are expected to fail, without a message for each.

use core::any::Any;
use core::cell::{Cell, RefCell};
use core::fmt;
use core::panic::AssertUnwindSafe;
use std::panic::{self, PanicHookInfo};
use std::sync::Once;

/// What a panic said, and where.
#[derive(Clone, Debug)]
pub(crate) struct Panic {
    pub(crate) message: String,
    pub(crate) location: String,
}

thread_local! {
    static IS_QUIET: Cell<bool> = const { Cell::new(false) };
    /// Those of the run, also the ones that its body caught.
    static NOTED: RefCell<Vec<Panic>> = const { RefCell::new(Vec::new()) };
}

/// Whether the panics of this thread are caught and told by somebody.
pub(crate) fn is_quiet() -> bool {
    IS_QUIET.get()
}

/// Runs `f` and catches its panic. The panics of other threads, and those outside of this, are told as ever.
pub(crate) fn catch<T>(f: impl FnOnce() -> T) -> Result<T, Panic> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |info| if is_quiet() { note(info) } else { usual(info) }));
    });
    let was_quiet = IS_QUIET.replace(true);
    let before = NOTED.take();
    let result = panic::catch_unwind(AssertUnwindSafe(f));
    IS_QUIET.set(was_quiet);
    let noted = NOTED.replace(before);
    result.map_err(|payload| {
        let message = text(&*payload).to_owned();
        // A payload may do anything as it is dropped, also panic.
        let _forgotten = panic::catch_unwind(AssertUnwindSafe(|| drop(payload)));
        let it = noted.into_iter().rfind(|it| it.message == message);
        it.unwrap_or_else(|| Panic { message, location: "a place that is not known".into() })
    })
}

fn note(info: &PanicHookInfo<'_>) {
    let location = info.location().map_or_else(String::new, ToString::to_string);
    let panic = Panic { message: text(info.payload()).to_owned(), location };
    // While a thread ends there is nothing to note it in.
    let _ = NOTED.try_with(|noted| noted.borrow_mut().push(panic));
}

/// What a panic says.
fn text(payload: &dyn Any) -> &str {
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("a panic whose payload is no text")
}

impl fmt::Display for Panic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "panicked at {}: {}", self.location, self.message)
    }
}
