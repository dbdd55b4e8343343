//! Streams, and the protocol itself: [`next`].

mod burst;
mod chunk;
#[cfg(feature = "alloc")]
mod chunks_within;
mod close_on_exit;
mod countdown;
mod debounce;
mod drain;
mod ext;
mod fold_within;
mod interval;
mod keep_alive;
mod next;
mod next_or;
mod pace;
mod range;
mod rate;
mod sample;
mod stall;
mod take_for;
mod throttle_first;
mod throttle_latest;
mod time_between;
mod timeout_each;
mod timestamped;
mod unpinned;

pub use burst::Burst;
#[cfg(feature = "alloc")]
pub use chunks_within::ChunksWithin;
pub use close_on_exit::CloseOnExit;
pub use countdown::Countdown;
pub use debounce::{AtMost, Debounce};
pub use ext::StreamTimeExt;
pub use fold_within::FoldWithin;
pub use interval::Interval;
pub use keep_alive::KeepAlive;
pub use next::{Next, next};
pub use next_or::{NextOr, next_or};
pub use pace::Pace;
pub use range::{Range, range};
pub use rate::{AnyRate, FixedDelay, FixedRate, Rate, Skip, Spaced};
pub use sample::Sample;
pub use stall::Stall;
pub use take_for::TakeFor;
pub use throttle_first::ThrottleFirst;
pub use throttle_latest::ThrottleLatest;
pub use time_between::TimeBetween;
pub use timeout_each::{Errors, OncePerGap, Repeating, TimeoutEach};
pub use timestamped::Timestamped;
pub use unpinned::Unpinned;

pub(crate) use rate::next_on_grid;
