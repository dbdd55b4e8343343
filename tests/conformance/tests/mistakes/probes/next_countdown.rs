//~ first: error[E0277]: this stream must be pinned first: write `let mut stream = pin!(..);`
//~ says: `core::pin::pin!`
//~ lines: 24

use anytempo::{Timer, next};
use core::time::Duration;

async fn launch(timer: impl Timer) {
    let mut numbers = timer.countdown(3, Duration::from_secs(1));
    while let Some(number) = next(&mut numbers).await {
        println!("{number}");
    }
}

fn main() {
    drop(launch(anytempo_virtual::VirtualClock::new()));
}
