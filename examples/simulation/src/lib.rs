//! Three nodes agree on a leader, and a simulation searches for a run with two leaders.
//!
//! - [`lease`] is the code under test. It is generic over its [`Timer`](anytempo::Timer), and in production would run on tokio.
//! - [`network`] loses and delays messages.
//! - [`world`] connects three nodes, gives each a clock that drifts, and checks the rule that at most one node leads at any moment of true time.
//!
//! `README.md` explains a failure, step by step.
#![forbid(unsafe_code)]

pub mod lease;
pub mod network;
pub mod world;
