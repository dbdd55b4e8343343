//! How tasks and waits are written on each runtime by hand, for the benchmark to hold the combinators against.

mod async_std;
mod compio;
mod embassy;
mod futures_timer;
#[cfg(unix)]
mod monoio;
mod one_thread;
mod smol;
mod tokio;
mod virtual_time;

pub(super) use async_std::AsyncStd;
pub(super) use compio::Compio;
pub(super) use embassy::Embassy;
pub(super) use futures_timer::FuturesTimer;
#[cfg(unix)]
pub(super) use monoio::Monoio;
pub(super) use one_thread::OneThread;
pub(super) use smol::Smol;
pub(super) use tokio::Tokio;
pub(super) use virtual_time::Virtual;
