use core::time::Duration;
use std::env;

use anytempo::Timer;
use async_channel::bounded;
use futures_lite::future::or;

/// The first argument of the program: where it listens. The default is port 3000 of this machine.
pub fn address() -> String {
    env::args().nth(1).unwrap_or_else(|| String::from("127.0.0.1:3000"))
}

/// Returns at Ctrl-C or SIGTERM, or after the number of seconds that is the second argument of the program.
///
/// # Panics
///
/// In a second call: a process has one handler of Ctrl-C.
pub async fn stop(timer: impl Timer) {
    let (sender, receiver) = bounded::<()>(1);
    // The end of the channel is the signal.
    ctrlc::set_handler(move || _ = sender.close()).expect("the first handler");
    let seconds = env::args().nth(2).and_then(|it| it.parse().ok());
    let limit = seconds.map_or(Duration::MAX, Duration::from_secs);
    or(timer.sleep(limit), async { _ = receiver.recv().await }).await;
}
