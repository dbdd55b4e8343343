//! tower's timed layers over any [`Timer`](anytempo::Timer).
#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod call;
mod error;

pub mod delay;
pub mod hedge;
pub mod limit;
pub mod load_shed;
pub mod retry;
pub mod timeout;

pub use delay::{Delay, DelayLayer};
pub use error::{BoxError, Error};
pub use hedge::{Hedge, HedgeLayer};
pub use limit::{GlobalRateLimitLayer, RateLimit, RateLimitLayer};
pub use load_shed::{LoadShed, LoadShedError, LoadShedLayer, Overloaded};
pub use retry::{Retry, RetryLayer};
pub use timeout::{Timeout, TimeoutError, TimeoutLayer};
