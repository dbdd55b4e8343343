#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod clock;
mod runtime;
mod spawn_runtime;

pub use runtime::QuinnRuntime;
pub use spawn_runtime::SpawnRuntime;
