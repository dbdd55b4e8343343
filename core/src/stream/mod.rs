//! Streams, and the protocol itself: [`next`].

mod close_on_exit;
mod countdown;
mod ext;
mod next;
mod next_or;
mod pace;
mod range;
mod rate;
mod stall;
mod unpinned;

pub use close_on_exit::CloseOnExit;
pub use countdown::Countdown;
pub use ext::StreamTimeExt;
pub use next::{Next, next};
pub use next_or::{NextOr, next_or};
pub use pace::Pace;
pub use range::{Range, range};
pub use rate::{AnyRate, FixedDelay, FixedRate, Rate, Skip, Spaced};

pub(crate) use rate::next_on_grid;
pub use stall::Stall;
pub use unpinned::Unpinned;
