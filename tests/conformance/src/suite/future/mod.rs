//! The twins of `core/src/future`.

pub mod sleep;
pub mod stall;
pub mod timeout;
