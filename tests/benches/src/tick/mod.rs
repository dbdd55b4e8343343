//! A tick: a number that is counted down, and the wait before the next one.

pub(crate) mod async_io;
pub(crate) mod embassy;
pub(crate) mod noop;
pub(crate) mod tokio;

use core::hint::black_box;
use core::pin::pin;

use anytempo::next;
use futures_core::Stream;

/// Takes all items.
pub(crate) async fn consume(stream: impl Stream) {
    let mut stream = pin!(stream);
    while let Some(item) = next(&mut stream).await {
        black_box(item);
    }
}
