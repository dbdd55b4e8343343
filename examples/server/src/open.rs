use core::convert::Infallible;

use async_channel::{Receiver, Sender, bounded};

/// The connections that are open, as one resource. Nothing is ever sent on its channels: the end of a channel is the signal.
#[derive(Debug)]
pub(crate) struct Open {
    drain: Sender<Infallible>,
    all_closed: Receiver<Infallible>,
    /// `None` once it drains.
    signals: Option<Signals>,
    // Connections that are still open when this is dropped are cut off.
    _cut: Sender<Infallible>,
}

/// What each connection has of it.
#[derive(Clone, Debug)]
pub(crate) struct Signals {
    drain: Receiver<Infallible>,
    cut: Receiver<Infallible>,
    _is_open: Sender<Infallible>,
}

impl Open {
    pub(crate) fn new() -> Self {
        let (drain, drain_receiver) = bounded(1);
        let (cut, cut_receiver) = bounded(1);
        let (is_open, all_closed) = bounded(1);
        let signals = Signals { drain: drain_receiver, cut: cut_receiver, _is_open: is_open };
        Self { drain, all_closed, signals: Some(signals), _cut: cut }
    }

    /// For a new connection.
    pub(crate) fn signals(&self) -> Option<Signals> {
        self.signals.clone()
    }

    /// Tells all connections to end, and waits for that.
    pub(crate) async fn drain(&mut self) {
        self.drain.close();
        self.signals = None;
        let Err(_) = self.all_closed.recv().await;
    }
}

impl Signals {
    /// Returns when the connection is to finish its current request, and to begin no other.
    pub(crate) async fn drain(&self) {
        let Err(_) = self.drain.recv().await;
    }

    /// Returns when the connection has to end at once.
    pub(crate) async fn cut(&self) {
        let Err(_) = self.cut.recv().await;
    }
}
