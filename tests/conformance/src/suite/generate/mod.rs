//! The twins of `core/src/generate`.

#[expect(clippy::module_inception, reason = "the twin of a module of this name")]
pub mod generate;
pub mod try_generate;
#[cfg(feature = "harness")]
pub mod unwinding;
