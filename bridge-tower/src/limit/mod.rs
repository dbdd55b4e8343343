//! A limit on the requests of a time.

mod place;
mod queue;
pub mod rate;
mod service;

pub use service::{GlobalRateLimitLayer, RateLimit, RateLimitLayer};
