//! What the others of a user of embassy should have been: both timers in scope, and the durations and instants of embassy.

use anytempo::{StreamTimeExt as _, Timer as _, range};
use anytempo_embassy::EmbassyTimer;
use embassy_time::{Duration, Instant, Timer};

async fn blink() {
    Timer::after(Duration::from_millis(500)).await;
    EmbassyTimer.sleep(Duration::from_millis(500)).await;
    EmbassyTimer.sleep(core::time::Duration::from_millis(500)).await;
    EmbassyTimer.sleep_until(Instant::now() + Duration::from_millis(500)).await;
    drop(range(0..3).pace(EmbassyTimer, Duration::from_millis(500)));
}

fn main() {
    drop(blink());
}
