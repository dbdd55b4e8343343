//! hyper and the pool of hyper-util on this bridge: exact on virtual time, and never early on tokio and smol.

mod contract;
mod http1;
mod http2;
mod pool;
mod real;
mod world;
