//! The twins of `core/src/scope`.

pub mod close_on_exit;
