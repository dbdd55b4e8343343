//! A live dashboard of a market, as streams of lines: one pane for each time operator, over any timer.

#![forbid(unsafe_code)]

pub mod panes;
mod recording;
mod share;

pub use recording::{KEYS, TRADES, play};

use anytempo::Timer;
use futures_util::stream::{LocalBoxStream, SelectAll, Stream, StreamExt, select_all};

use share::Share;

/// Somebody bought something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trade {
    /// In cents.
    pub price: u32,
    /// How many pieces.
    pub amount: u32,
}

/// All lines of all panes, as they come. It ends with its sources.
pub fn dashboard<'a, T: Timer + 'a>(
    timer: &T,
    trades: impl Stream<Item = Trade> + 'a,
    keys: impl Stream<Item = char> + 'a,
) -> SelectAll<LocalBoxStream<'a, String>> {
    let mut share = Share::new();
    let lines = [
        panes::price(timer.clone(), share.add()).boxed_local(),
        panes::volume(timer.clone(), share.add()).boxed_local(),
        panes::candle(timer.clone(), share.add()).boxed_local(),
        panes::save(timer.clone(), share.add()).boxed_local(),
        panes::alert(timer.clone(), share.add()).boxed_local(),
        panes::silence(timer.clone(), share.add()).boxed_local(),
        panes::search(timer.clone(), keys).boxed_local(),
        share.run(trades).boxed_local(),
    ];
    select_all(lines)
}
