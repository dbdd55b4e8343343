//~ first: error[E0277]: `embassy_time::Duration` is not a length of time for this timer
//~ says: write a `core::time::Duration` here
//~ lines: 31

use anytempo::Timer;
use embassy_time::Duration;

async fn blink(timer: impl Timer) {
    timer.sleep(Duration::from_millis(500)).await;
}

fn main() {
    drop(blink(anytempo_embassy::EmbassyTimer));
}
