//! A web server of axum with limits on time. It names no runtime: its programs run it on tokio and on smol, its tests on
//! virtual time.

#![forbid(unsafe_code)]

mod app;
mod messages;
mod metrics;
mod open;
mod program;
mod serve;

pub use app::{LIMIT, PATIENCE, SILENCE};
pub use program::{address, stop};
pub use serve::{DRAIN, HEADER, PAUSE, REPORT, ServerTimer, Task, serve};
