use anytempo::generate;
use async_channel::{Receiver, Sender, unbounded};
use futures_util::stream::{Stream, StreamExt};

use crate::Trade;

/// Gives each trade to several streams.
#[derive(Debug)]
pub(crate) struct Share {
    senders: Vec<Sender<Trade>>,
}

impl Share {
    pub(crate) const fn new() -> Self {
        Self { senders: vec![] }
    }

    /// One more stream with all trades.
    ///
    /// It has no bound, as the time operators read all that there is, and keep one item.
    pub(crate) fn add(&mut self) -> Receiver<Trade> {
        let (sender, receiver) = unbounded();
        self.senders.push(sender);
        receiver
    }

    /// Reads the trades as long as it is polled. It has no items of its own.
    pub(crate) fn run<I>(self, trades: impl Stream<Item = Trade>) -> impl Stream<Item = I> {
        generate(async move |_| {
            let mut trades = core::pin::pin!(trades);
            while let Some(trade) = trades.next().await {
                for sender in &self.senders {
                    // A pane that is gone needs no more.
                    _ = sender.try_send(trade);
                }
            }
        })
    }
}
