use core::time::Duration;

use anytempo::{Timer, generate};
use futures_util::stream::Stream;

use crate::Trade;

/// A few seconds of a market: when, in milliseconds, and what.
pub const TRADES: [(u64, Trade); 10] = [
    (0, Trade { price: 10_000, amount: 5 }),
    (40, Trade { price: 10_020, amount: 1 }),
    (80, Trade { price: 10_010, amount: 2 }),
    (120, Trade { price: 10_050, amount: 1 }),
    (700, Trade { price: 10_130, amount: 3 }),
    (1_150, Trade { price: 10_140, amount: 1 }),
    (1_180, Trade { price: 10_160, amount: 4 }),
    // The feed hangs for two seconds.
    (3_200, Trade { price: 9_980, amount: 2 }),
    (3_230, Trade { price: 9_970, amount: 1 }),
    (3_300, Trade { price: 9_990, amount: 1 }),
];

/// What a person types into the search field in this time.
pub const KEYS: [(u64, char); 6] =
    [(520, 'a'), (610, 'c'), (690, 'm'), (1_520, 'e'), (3_340, '!'), (3_350, '\u{8}')];

/// The items of a recording, each at its time.
pub fn play<I: Copy, T: Timer>(timer: T, items: &'static [(u64, I)]) -> impl Stream<Item = I> {
    generate(async move |mut stream| {
        let start = timer.now();
        for (at, item) in items {
            // Counted from the start, so that one item that is late does not delay the others.
            let span = Duration::from_millis(*at).saturating_sub(timer.elapsed(start));
            timer.sleep(span).await;
            stream.emit(*item).await;
        }
    })
}
