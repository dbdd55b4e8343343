//! Scopes that close what entered them, however they are left.

mod body;
mod close;
mod close_errors;
mod close_on_exit;
#[cfg(feature = "alloc")]
mod close_stack;
mod close_within;
mod closing;
mod closing_async;
mod closing_owned;
mod closing_poll;
mod held;
mod in_turn;
mod open;
#[cfg(feature = "alloc")]
mod spawn_on_drop;
mod try_close_on_exit;

pub(crate) use open::Open;

pub use crate::loan::{Body, Lent};
pub use body::ScopeBody;
pub use close::{Close, Exit};
pub use close_errors::CloseErrors;
pub use close_on_exit::{CloseError, CloseOnExit, close_on_exit};
#[cfg(feature = "alloc")]
pub use close_stack::CloseStack;
pub use close_within::{CloseWithin, CloseWithinError, CloseWithinFuture};
pub use closing::{CloseOutput, Closing, ClosingFuture, closing};
pub use closing_async::{ClosingAsync, ClosingAsyncFuture, closing_async};
pub use closing_owned::{ClosingOwned, ClosingOwnedFuture, closing_owned};
pub use closing_poll::{ClosingPoll, ClosingPollFuture, PollClose, closing_poll};
pub use in_turn::CloseAll;
#[cfg(feature = "alloc")]
pub use spawn_on_drop::{CloseTask, Spawn, SpawnOnDrop, SpawnOnDropFuture, spawn_fn};
pub use try_close_on_exit::{IntoBodyError, ScopeError, TryCloseOnExit, try_close_on_exit};
