//~ first: error[E0277]: this stream must be pinned first: write `let mut stream = pin!(..);`
//~ says: `core::pin::pin!`
//~ lines: 24

use anytempo::{StreamTimeExt, Timer, next, range};
use core::time::Duration;

async fn first(timer: impl Timer) -> Option<u8> {
    let mut items = range(0..3).pace(timer, Duration::from_secs(1));
    next(&mut items).await
}

fn main() {
    drop(first(anytempo_virtual::VirtualClock::new()));
}
