//! What the conformance kit does not show of closes that are handed to async-std: a task that is cancelled there.

use core::future::pending;
use core::time::Duration;
use std::sync::{Arc, Mutex};

use anytempo::{Close, Timer, close_on_exit, closing_owned};
use anytempo_async_std::{AsyncStdSpawner, AsyncStdTimer};

/// Far more than any test takes on the slowest machine.
const LIMIT: Duration = Duration::from_secs(60);

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<&'static str>>>);

impl Log {
    fn add(&self, line: &'static str) {
        self.0.lock().unwrap().push(line);
    }

    fn lines(&self) -> Vec<&'static str> {
        self.0.lock().unwrap().clone()
    }

    /// Waits for a line.
    async fn has(&self, line: &'static str) {
        let seen = async {
            while !self.lines().contains(&line) {
                async_std::task::yield_now().await;
            }
        };
        AsyncStdTimer.timeout(LIMIT, seen).await.expect("the close is not forgotten");
    }
}

#[test]
fn a_scope_in_a_task_that_is_cancelled_is_closed_by_another() {
    let log = Log::default();
    let close = async |log: Log, _| log.add("closed");
    let resource = closing_owned(log.clone(), close, |log| log.add("aborted"));
    let scope = close_on_exit(resource.spawn_on_drop(AsyncStdSpawner), async |log| {
        log.add("in the body");
        pending::<()>().await;
    });
    let task = async_std::task::spawn(scope);
    async_std::task::block_on(async {
        log.has("in the body").await;
        task.cancel().await;
        log.has("closed").await;
    });
    assert_eq!(log.lines(), ["in the body", "closed"]);
}
