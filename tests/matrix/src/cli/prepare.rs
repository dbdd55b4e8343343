use core::time::Duration;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Instant;

use anytempo_matrix::runtimes::Runtime;
use indicatif::ProgressBar;

use crate::cli::complain;

/// How long a build may take without a word. One that finds nothing new is done by then.
const SHORT: Duration = Duration::from_secs(2);

/// Builds what runs on the boards among these, and says how long that took, if there are any.
///
/// Which of them is built is shown on a terminal at once. Elsewhere it is a line on stderr for each that takes a while.
pub(super) fn boards(runtimes: &[&Runtime]) -> Option<Duration> {
    let boards: Vec<_> = runtimes.iter().filter(|runtime| runtime.is_board()).collect();
    if boards.is_empty() {
        return None;
    }
    let start = Instant::now();
    let spinner = ProgressBar::new_spinner();
    for (index, board) in boards.iter().enumerate() {
        let (number, all) = (index + 1, boards.len());
        let what = format!("building the firmware for {} ({number} of {all})", board.name);
        if spinner.is_hidden() {
            said_after(SHORT, &what, || board.prepare());
        } else {
            spinner.set_message(what);
            spinner.tick();
            board.prepare();
        }
    }
    spinner.finish_and_clear();
    Some(start.elapsed())
}

/// Does some work, and says what it is once it has taken so long.
fn said_after(patience: Duration, what: &str, work: impl FnOnce()) {
    let (done, wait) = channel::<()>();
    thread::scope(|scope| {
        let say = move || {
            if wait.recv_timeout(patience) == Err(RecvTimeoutError::Timeout) {
                complain(what);
            }
        };
        // Without room for the thread the work is done in silence.
        let _ = thread::Builder::new().spawn_scoped(scope, say);
        work();
        drop(done);
    });
}
