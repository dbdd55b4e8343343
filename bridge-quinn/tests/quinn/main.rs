//! What quinn asks of a runtime, and endpoints over UDP on tokio and smol. Virtual time is in the package of the example.

mod contract;
mod real;
mod ticks;
