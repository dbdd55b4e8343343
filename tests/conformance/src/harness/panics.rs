//! What a panic said, and where.

use core::any::Any;
use core::panic::AssertUnwindSafe;
use std::panic::{PanicHookInfo, catch_unwind, set_hook, take_hook};
use std::sync::{Mutex, Once, PoisonError};

/// Runs `body`, and turns a panic into an error with its message and its place.
///
/// The place is known of panics that the panic hook has seen, so not of one that is resumed. The hook is called as before.
///
/// # Errors
///
/// If `body` panics: `it panicked: the queue is full (src/queue.rs:7)`.
pub fn caught<T>(body: impl FnOnce() -> T) -> Result<T, String> {
    remember();
    // What has panicked is not used any more.
    catch_unwind(AssertUnwindSafe(body)).map_err(|payload| told(&*payload))
}

/// The last panics, each with its message and its place.
static PANICS: Mutex<Vec<(String, String)>> = Mutex::new(Vec::new());

/// A payload has no place, and a runtime may pass it on from another thread, so it is looked up by its message.
const REMEMBERED: usize = 16;

/// Notes the place of each panic from now on. What is printed of it stays the same.
fn remember() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let printed = take_hook();
        set_hook(Box::new(move |info: &PanicHookInfo<'_>| {
            let place = info.location().map(|it| format!("{}:{}", it.file(), it.line()));
            if let (Some(message), Some(place)) = (message(info.payload()), place) {
                let mut panics = PANICS.lock().unwrap_or_else(PoisonError::into_inner);
                if panics.len() == REMEMBERED {
                    panics.remove(0);
                }
                panics.push((message.to_owned(), place));
            }
            printed(info);
        }));
    });
}

fn told(payload: &(dyn Any + Send)) -> String {
    let Some(message) = message(payload) else {
        return "it panicked, without a message".into();
    };
    let panics = PANICS.lock().unwrap_or_else(PoisonError::into_inner);
    match panics.iter().rfind(|(known, _)| known == message) {
        Some((_, place)) => format!("it panicked: {message} ({place})"),
        None => format!("it panicked: {message}"),
    }
}

fn message(payload: &(dyn Any + Send)) -> Option<&str> {
    let text = payload.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| payload.downcast_ref::<&str>().copied())
}

#[cfg(test)]
mod tests {
    use std::panic::resume_unwind;

    use super::*;

    #[test]
    fn the_message_and_the_place_are_told() {
        let line = line!() + 1;
        let told = caught(|| panic!("{} of {}", 1, 2)).map(|()| "nothing");
        assert_eq!(told, Err(format!("it panicked: 1 of 2 ({}:{line})", file!())));
        let line = line!() + 1;
        let told = caught(|| panic!("only this")).map(|()| "nothing");
        assert_eq!(told, Err(format!("it panicked: only this ({}:{line})", file!())));
    }

    #[test]
    fn a_payload_of_another_type_has_no_message() {
        let told = caught(|| resume_unwind(Box::new(7))).map(|()| "nothing");
        assert_eq!(told, Err("it panicked, without a message".into()));
    }
}
