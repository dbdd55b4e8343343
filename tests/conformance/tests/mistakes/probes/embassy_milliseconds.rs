//~ first: error[E0277]: `{integer}` is not a length of time for this timer
//~ says: `Duration::from_millis(5)`
//~ lines: 31

use anytempo::Timer;
use anytempo_embassy::EmbassyTimer;

fn main() {
    let _ = EmbassyTimer.sleep(500);
}
