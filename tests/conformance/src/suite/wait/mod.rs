//! The reusable timer for operators.

#[allow(clippy::module_inception)]
pub mod wait;
