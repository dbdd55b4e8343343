//! A server and a client for HTTP/1 and HTTP/2 with limits on everything. Neither of them knows a runtime.

mod client;
mod server;

pub use client::get;
pub use server::{ANSWER, Answering, HEADER, serve};

use core::time::Duration;

use anytempo::Timer;

/// How long a connection of HTTP/2 may be silent before one side asks the other for a sign of life.
pub const KEEP_ALIVE: Duration = Duration::from_secs(20);

/// How long it waits for that sign.
pub const KEEP_ALIVE_ANSWER: Duration = Duration::from_secs(4);

/// A timer that hyper and its tasks can take.
pub trait HttpTimer: Timer<Sleep: Send + Sync + 'static> + Send + Sync + 'static {}

impl<T: Timer<Sleep: Send + Sync + 'static> + Send + Sync + 'static> HttpTimer for T {}
