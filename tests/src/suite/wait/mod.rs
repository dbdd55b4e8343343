//! The reusable timer for operators.

#[allow(clippy::module_inception)]
pub(crate) mod wait;
