//~ first: error[E0277]: `embassy_time::Duration` is not a length of time for this timer
//~ says: write a `core::time::Duration` here
//~ lines: 31

use anytempo::{StreamTimeExt, range};
use embassy_time::Duration;

fn main() {
    let clock = anytempo_virtual::VirtualClock::new();
    let _ = range(0..3).pace(clock, Duration::from_millis(500));
}
