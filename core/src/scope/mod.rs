//! Scopes that close what entered them, however they are left.

mod close;
mod close_on_exit;
mod closing;

pub use close::Close;
pub use close_on_exit::{CloseError, CloseOnExit, close_on_exit};
pub use closing::{Closing, closing};
