//~ first: error[E0277]: `Delay` is not a timer
//~ says: the adapter of a runtime has one: `TokioTimer`, `SmolTimer`, `EmbassyTimer`
//~ lines: 31

use anytempo::{StreamTimeExt, range};
use core::time::Duration;

fn main() {
    let _ = range(0..3).pace(embassy_time::Delay, Duration::from_millis(500));
}
