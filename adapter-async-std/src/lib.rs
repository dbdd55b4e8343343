#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]

#[cfg(feature = "spawner")]
mod spawner;

use std::time::Instant;

pub use anytempo_smol::Sleep;
use anytempo_smol::SmolTimer;

#[cfg(feature = "spawner")]
pub use spawner::AsyncStdSpawner;

/// async-std's clock: a unit struct. Every copy is the same clock, which is also that of smol.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct AsyncStdTimer;

impl anytempo::Timer for AsyncStdTimer {
    type Instant = Instant;
    type Sleep = Sleep;

    #[inline]
    fn now(&self) -> Instant {
        SmolTimer.now()
    }

    #[inline]
    fn raw_sleep(&self, deadline: Option<Instant>) -> Sleep {
        SmolTimer.raw_sleep(deadline)
    }
}
