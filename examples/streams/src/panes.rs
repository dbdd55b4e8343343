//! One pane of the dashboard each, as a stream of lines.

use core::ops::ControlFlow::Continue;
use core::time::Duration;

use anytempo::{StreamTimeExt, Timer};
use futures_util::future::ready;
use futures_util::stream::{Stream, StreamExt};

use crate::Trade;

/// The price is drawn at most so often.
pub const REDRAW: Duration = Duration::from_millis(500);

/// How often the volume is shown.
pub const VOLUME: Duration = Duration::from_millis(900);

/// How long a candle is.
pub const CANDLE: Duration = Duration::from_secs(1);

/// A row of the database is written with others: at most so many, and at most so late.
pub const ROWS: (usize, Duration) = (4, Duration::from_millis(1_300));

/// From this price on each trade is an alert.
pub const HIGH: u32 = 10_100;

/// One alert in this time, or two at once after a pause.
pub const ALERT: Duration = Duration::from_secs(1);

/// A feed that is silent for this long is broken.
pub const SILENCE: Duration = Duration::from_millis(1_500);

/// A search begins when the keyboard is quiet.
pub const QUIET: Duration = Duration::from_millis(300);

/// The newest price, at once after a pause, but not so often that the screen flickers.
pub fn price<T: Timer>(timer: T, trades: impl Stream<Item = Trade>) -> impl Stream<Item = String> {
    trades.throttle_latest(timer, REDRAW).map(|trade| format!("price {}", cents(trade.price)))
}

/// The sum of all amounts, on a grid. Without a trade there is no line.
pub fn volume<T: Timer>(timer: T, trades: impl Stream<Item = Trade>) -> impl Stream<Item = String> {
    let sums = trades.scan(0, |sum, trade| {
        *sum += trade.amount;
        ready(Some(*sum))
    });
    sums.sample(timer, VOLUME).map(|sum| format!("volume {sum}"))
}

/// The lowest and the highest price of each second that has a trade, without a heap.
pub fn candle<T: Timer>(timer: T, trades: impl Stream<Item = Trade>) -> impl Stream<Item = String> {
    let add = |range: &mut (u32, u32), trade: Trade| {
        *range = (range.0.min(trade.price), range.1.max(trade.price));
        Continue(())
    };
    let candles = trades.fold_within(timer, CANDLE, || (u32::MAX, 0), add);
    candles.map(|(low, high)| format!("candle {} to {}", cents(low), cents(high)))
}

/// Writes trades to a database, several with one query.
pub fn save<T: Timer>(timer: T, trades: impl Stream<Item = Trade>) -> impl Stream<Item = String> {
    let (most, window) = ROWS;
    trades.chunks_within(timer, most, window).map(|rows| format!("save {} rows", rows.len()))
}

/// Messages to a phone. None is lost, but they do not come all at once.
pub fn alert<T: Timer>(timer: T, trades: impl Stream<Item = Trade>) -> impl Stream<Item = String> {
    let high = trades.filter(|trade| ready(trade.price >= HIGH));
    high.pace(timer, ALERT).burst(2).map(|trade| format!("alert {}", cents(trade.price)))
}

/// Says once that the feed is silent. The next trade ends the silence.
pub fn silence<T: Timer>(
    timer: T,
    trades: impl Stream<Item = Trade>,
) -> impl Stream<Item = String> {
    let gaps = trades.timeout_each(timer, SILENCE).filter_map(|it| ready(it.err()));
    gaps.map(|_| String::from("the feed is silent"))
}

/// Searches for what was typed, once the typing stops, and not again for what it has searched for.
pub fn search<T: Timer>(timer: T, keys: impl Stream<Item = char>) -> impl Stream<Item = String> {
    let texts = keys.scan(String::new(), |text, key| {
        match key {
            '\u{8}' => _ = text.pop(),
            _ => text.push(key),
        }
        ready(Some(text.clone()))
    });
    let mut before = String::new();
    let changed = texts.debounce(timer, QUIET).filter(move |text| {
        let is_new = *text != before;
        before.clone_from(text);
        ready(is_new)
    });
    changed.map(|text| format!("search \"{text}\""))
}

fn cents(price: u32) -> String {
    format!("{}.{:02}", price / 100, price % 100)
}
