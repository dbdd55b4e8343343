//! Streams written as `async` code.

#[expect(clippy::module_inception, reason = "one combinator, one file, three matching names")]
mod generate;
mod slot;

pub use generate::{Generate, generate};
pub use slot::{Emit, Yielder};
