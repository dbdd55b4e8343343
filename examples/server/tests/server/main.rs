//! The whole server on virtual time, exact to the nanosecond; and the same server on real sockets of tokio and smol.

mod client;
mod connections;
mod drain;
mod events;
mod limits;
mod program;
mod real;
mod world;
