//! An item through an operator whose time is far from its end: what the operator adds to each item.

mod async_io;
mod by_hand;
mod source;
mod tokio;

use core::time::Duration;

pub(crate) use async_io::{DEBOUNCE, READY_ASYNC_IO, THROTTLE_ASYNC_IO, WAITING_ASYNC_IO};
pub(crate) use tokio::{CHUNKS, READY_TOKIO, THROTTLE_TOKIO, WAITING_TOKIO};

const FAR: Duration = Duration::from_secs(3600);

/// A way to take items through an operator that is built over a source.
macro_rules! way {
    ($of:ident $name:literal, $setting:ident, |$source:ident: $Source:ty| $operator:expr) => {
        Way {
            name: $name,
            of: Of::$of,
            run: |times| {
                $setting(|| {
                    let $source = <$Source>::default();
                    take_through(times, $operator);
                });
            },
        }
    };
}

use way;
