//! Panics of runs that are expected to fail, without a message for each.

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
    static LAST: RefCell<Option<Panic>> = const { RefCell::new(None) };
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
    let before = IS_QUIET.replace(true);
    LAST.take();
    let result = panic::catch_unwind(AssertUnwindSafe(f));
    IS_QUIET.set(before);
    result.map_err(|payload| {
        // A payload may do anything as it is dropped, also panic.
        let _forgotten = panic::catch_unwind(AssertUnwindSafe(|| drop(payload)));
        let unknown =
            || Panic { message: "a panic without a message".into(), location: "unknown".into() };
        LAST.take().unwrap_or_else(unknown)
    })
}

/// Keeps the first of a row of panics, which the others follow from.
fn note(info: &PanicHookInfo<'_>) {
    let payload = info.payload();
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    let message = text.unwrap_or("a panic whose payload is no text").to_owned();
    let location = info.location().map_or_else(|| "unknown".into(), ToString::to_string);
    let _ = LAST.try_with(|last| {
        last.borrow_mut().get_or_insert(Panic { message, location }).message.len()
    });
}

impl fmt::Display for Panic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "panicked at {}: {}", self.location, self.message)
    }
}
