//! The twins of `core/src/future`.

pub mod idle_timeout;
pub mod sleep;
pub mod stall;
pub mod timeout;
