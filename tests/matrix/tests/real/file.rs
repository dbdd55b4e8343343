//! A file is complete and synced, however its scope is left.

use core::future::pending;
use std::io;
use std::path::Path;
use std::time::Instant;

use anytempo::scope::{CloseWithinError, Lent};
use anytempo::{Close, ScopeError, closing_async, try_close_on_exit};

use super::{File, TIMER, block_on, spawner};
use crate::exit::{Exit, Flag, LONG, Left, Log, SHORT, leave, within_limit};

/// Less than a buffer, so that all of it is there only once it is flushed.
const CONTENT: &[u8] = b"all of it";

/// A file whose close is orderly when there is time, and as complete when there is none. `hold` keeps the close waiting.
fn file<H: Future<Output = ()> + Send + 'static>(
    file: File,
    log: &Log,
    hold: H,
) -> impl Close<Target = File, Error = io::Error, Closing: Send + 'static> + use<H> {
    let (orderly, at_once) = (log.clone(), log.clone());
    let close = async move |mut file: Lent<'_, File>| {
        hold.await;
        file.flush_and_sync(&orderly).await
    };
    closing_async(file, close, move |file| {
        if let Err(error) = file.flush_and_sync_now(&at_once) {
            at_once.add(&error.to_string());
        }
    })
}

/// Waits until it is let go; `cancel` then knows that it waits.
fn hold(exit: Exit, cancel: &Flag, gate: &Log) -> impl Future<Output = ()> + Send + use<> {
    let (cancel, gate) = (cancel.clone(), gate.clone());
    async move {
        if exit == Exit::CancelledInClose {
            cancel.set();
        }
        if exit.is_in_close() {
            gate.lines(1).await;
        }
    }
}

/// Writes to `resource` and leaves its scope.
async fn write_and_leave<R, E>(resource: R, exit: Exit, cancel: &Flag)
where
    R: Close<Target = File, Error = CloseWithinError<E>>,
{
    let start = Instant::now();
    let scope = try_close_on_exit(resource, async |mut file| {
        file.write(CONTENT).await?;
        match exit {
            Exit::Value | Exit::CancelledInClose | Exit::Deadline => Ok("value"),
            Exit::Error => Err(io::Error::other("in the body")),
            Exit::Cancelled => {
                cancel.set();
                pending().await
            }
            Exit::Panic => panic!("in the body"),
        }
    });
    let left = leave(scope, cancel).await;
    match exit {
        Exit::Value => assert!(matches!(left, Left::Output(Ok("value")))),
        Exit::Error => {
            assert!(matches!(left, Left::Output(Err(ScopeError::Body { close: None, .. }))));
        }
        Exit::Cancelled | Exit::CancelledInClose => assert!(matches!(left, Left::Cancelled)),
        Exit::Panic => assert!(matches!(left, Left::Panicked)),
        Exit::Deadline => {
            let Left::Output(Err(ScopeError::Close { value, error, .. })) = left else {
                panic!("the limit is not seen")
            };
            assert_eq!(value, "value");
            assert!(matches!(error, CloseWithinError::Elapsed(_)));
            assert!(start.elapsed() >= SHORT);
        }
    }
}

fn with_path(test: impl AsyncFn(&Path, Exit) + Send + 'static) {
    within_limit(move || {
        for exit in Exit::ALL {
            let directory = tempfile::tempdir().expect("a directory");
            let path = directory.path().join("file");
            block_on(test(&path, exit));
            assert_eq!(std::fs::read(&path).expect("it is there"), CONTENT, "{exit:?}");
        }
    });
}

#[test]
fn is_flushed_and_synced_on_every_path() {
    with_path(async |path, exit| {
        let (log, cancel, gate) = (Log::default(), Flag::default(), Log::default());
        let resource = file(File::create(path).await.unwrap(), &log, hold(exit, &cancel, &gate))
            .close_within(TIMER, exit.limit());
        write_and_leave(resource, exit, &cancel).await;

        // All is done when the scope is left.
        assert_eq!(std::fs::read(path).expect("it is there"), CONTENT, "{exit:?}");
        let lines = match exit.is_orderly() {
            true => ["flushed", "synced"],
            false => ["flushed at once", "synced at once"],
        };
        assert_eq!(log.lines(0).await, lines, "{exit:?}");
    });
}

#[test]
fn is_flushed_and_synced_by_a_task_where_the_scope_cannot_wait() {
    with_path(async |path, exit| {
        let (log, cancel, gate) = (Log::default(), Flag::default(), Log::default());
        let resource = file(File::create(path).await.unwrap(), &log, hold(exit, &cancel, &gate))
            .spawn_on_drop(spawner())
            .close_within(TIMER, exit.limit());
        write_and_leave(resource, exit, &cancel).await;

        if exit.is_in_close() {
            assert_eq!(log.lines(0).await, [""; 0], "{exit:?}");
        }
        gate.add("open");
        assert_eq!(log.lines(2).await, ["flushed", "synced"], "{exit:?}");
    });
}

#[test]
fn is_flushed_and_synced_at_the_limit_of_a_spawned_close() {
    with_path(async |path, exit| {
        if exit == Exit::Deadline {
            // The limit is that of the task, so that the scope does not have it.
            return std::fs::write(path, CONTENT).unwrap();
        }
        let (log, cancel) = (Log::default(), Flag::default());
        let waits = exit.is_orderly();
        let hold = {
            let cancel = cancel.clone();
            async move {
                if exit == Exit::CancelledInClose {
                    cancel.set();
                }
                if !waits {
                    pending().await
                }
            }
        };
        let limit = if waits { LONG } else { SHORT };
        let resource = file(File::create(path).await.unwrap(), &log, hold)
            .close_within(TIMER, limit)
            .spawn_on_drop(spawner());
        write_and_leave(resource, exit, &cancel).await;

        let lines = match exit.is_orderly() {
            true => ["flushed", "synced"],
            false => ["flushed at once", "synced at once"],
        };
        assert_eq!(log.lines(2).await, lines, "{exit:?}");
    });
}
