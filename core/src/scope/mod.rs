//! Scopes that close what entered them, however they are left.

mod body;
mod close;
mod close_on_exit;
mod close_within;
mod closing;
mod closing_async;
mod closing_poll;
mod held;
mod in_turn;
mod open;
#[cfg(feature = "alloc")]
mod spawn_on_drop;
mod try_close_on_exit;

pub(crate) use open::Open;

pub use crate::loan::Lent;
pub use body::Body;
pub use close::Close;
pub use close_on_exit::{CloseError, CloseOnExit, close_on_exit};
pub use close_within::{CloseWithin, CloseWithinError, CloseWithinFuture};
pub use closing::{CloseOutput, Closing, ClosingFuture, closing};
pub use closing_async::{ClosingAsync, ClosingAsyncFuture, closing_async};
pub use closing_poll::{ClosingPoll, ClosingPollFuture, PollClose, closing_poll};
pub use in_turn::{CloseArray, CloseErrors, CloseTuple, OpenArray};
#[cfg(feature = "alloc")]
pub use spawn_on_drop::{CloseTask, Spawn, SpawnFn, SpawnOnDrop, SpawnOnDropFuture, spawn_fn};
pub use try_close_on_exit::{ScopeError, TryCloseOnExit, try_close_on_exit};
