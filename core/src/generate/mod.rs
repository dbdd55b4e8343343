//! Streams written as `async` code.

mod body;
#[expect(clippy::module_inception, reason = "one combinator, one file, three matching names")]
mod generate;
mod slot;
mod try_generate;

pub use body::Body;
pub use generate::{Generate, generate};
pub use slot::{Emit, Yielder};
pub use try_generate::{TryGenerate, try_generate};
