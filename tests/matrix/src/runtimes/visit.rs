//! The runtimes of the host, for tests that run cases on timers of their own.

use anytempo::SendTimer;
use anytempo_conformance::suite;

#[cfg(unix)]
use super::monoio;
use super::{async_std, compio, embassy, futures_timer, smol, tokio};

/// What is done with each runtime of the host on which time passes by itself.
pub trait Visit {
    /// Does it with `R`, which is called `name`.
    fn visit<R: suite::Runtime + Default + 'static>(&mut self, name: &'static str);
}

/// Shows those runtimes to a test that runs cases on timers of its own.
pub fn visit_real(visitor: &mut impl Visit) {
    visitor.visit::<tokio::Cases<false>>("tokio");
    visitor.visit::<tokio::Cases<true>>("tokio-multi");
    visitor.visit::<async_std::AsyncStd>("async-std");
    visitor.visit::<smol::Smol>("smol");
    visitor.visit::<embassy::Embassy>("embassy");
    visitor.visit::<futures_timer::Helper>("futures-timer");
    visitor.visit::<compio::Compio>("compio");
    #[cfg(unix)]
    visitor.visit::<monoio::Monoio>("monoio");
}

/// The same for runtimes whose waits may be sent to another thread.
pub trait VisitSend {
    /// Does it with `R`, which is called `name`.
    fn visit<R>(&mut self, name: &'static str)
    where
        R: suite::Runtime<Timer: SendTimer<Sleep: Sync>> + Default + 'static;
}

/// Shows one of each kind: one whose clock is exact, and one whose clock counts in ticks.
pub fn visit_kinds(visitor: &mut impl VisitSend) {
    visitor.visit::<tokio::Cases<false>>("tokio");
    visitor.visit::<embassy::Embassy>("embassy");
}
