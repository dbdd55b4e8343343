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

#[doc(inline)]
pub use delay::{Delay, DelayLayer};
pub use error::{BoxError, Error};
#[doc(inline)]
pub use hedge::{Hedge, HedgeLayer};
#[doc(inline)]
pub use limit::{GlobalRateLimitLayer, RateLimit, RateLimitLayer};
#[doc(inline)]
pub use load_shed::{LoadShed, LoadShedError, LoadShedLayer, Overloaded};
#[doc(inline)]
pub use retry::{Retry, RetryLayer};
#[doc(inline)]
pub use timeout::{Timeout, TimeoutError, TimeoutLayer};
