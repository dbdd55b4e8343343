//! An echo over QUIC, which knows neither its runtime nor its network, and what a test puts in their place.

pub mod echo;
pub mod network;
pub mod plaintext;
