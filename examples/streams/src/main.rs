//! Plays the recording on tokio, and prints the dashboard: `cargo run -p anytempo-example-streams`.

use core::pin::pin;

use anytempo::{Timer, next};
use anytempo_example_streams::{KEYS, TRADES, dashboard, play};
use anytempo_tokio::TokioTimer;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let timer = TokioTimer;
    let start = timer.now();
    let mut lines = pin!(dashboard(&timer, play(timer, &TRADES), play(timer, &KEYS)));
    while let Some(line) = next(&mut lines).await {
        println!("{:>4} ms  {line}", timer.elapsed(start).as_millis());
    }
}
