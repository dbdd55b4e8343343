//! What a spawner does where its runtime ends, and where a drop happens on a thread that is none of the runtime's.
//!
//! Whether a close is then closed or aborted is up to the runtime: one whose threads live as long as the process is never gone.

use core::any::Any;
use core::cell::RefCell;
use core::future::{Future, pending};
use core::pin::Pin;
use std::boxed::Box;
use std::rc::Rc;
use std::thread;

use anytempo::{Close, Timer, close_on_exit};

use crate::suite::{Door, Outcome, Probe, SharedLog, SpawnClose, Spawns, Subject, check};

/// A drop returns while the close that it has spawned goes on.
pub async fn drop_does_not_wait<T: Timer, S: SpawnClose<T>>(
    subject: Subject<T>,
    spawner: S,
) -> Outcome {
    let log = SharedLog::default();
    let door = Door::new(log.clone(), 0).hanging().spawn_on_drop(spawner);
    drop(close_on_exit(door, async |_| pending::<()>().await));
    log.reaches("closing", &subject).await?;
    log.check(&["closing"], "it is closing, and no more")
}

/// A scope that is dropped when its runtime is gone is closed or aborted, once.
pub fn scope_outlives_the_runtime<R: Spawns>(runtime: &R) -> Outcome {
    let log = SharedLog::default();
    let left = Rc::new(RefCell::new(None));
    let (kept, door) = (left.clone(), Door::new(log.clone(), 1));
    runtime.run_spawning(|_, spawner| {
        let scope = close_on_exit(door.spawn_on_drop(spawner), async |_| pending::<()>().await);
        kept.replace(Some(scope));
        async { Ok(()) }
    })?;
    log.check(&[], "it is open")?;
    drop(left.take());
    log.ends_here()
}

/// A close that is spawned right before its runtime ends is closed or aborted, once.
pub fn runtime_ends_before_the_close<R: Spawns>(runtime: &R) -> Outcome {
    let log = SharedLog::default();
    let door = Door::new(log.clone(), 1);
    runtime.run_spawning(|_, spawner| async {
        let door = door.spawn_on_drop(spawner);
        drop(close_on_exit(door, async |_| pending::<()>().await));
        Ok(())
    })?;
    log.ends_here()
}

/// A close that runs while its runtime ends does not start again. It is aborted at most once, or it hangs if the runtime stays.
pub fn runtime_ends_in_the_close<R: Spawns>(runtime: &R) -> Outcome {
    let log = SharedLog::default();
    let (door, inside) = (Door::new(log.clone(), 0).hanging(), log.clone());
    runtime.run_spawning(|subject, spawner| async move {
        let door = door.spawn_on_drop(spawner);
        drop(close_on_exit(door, async |_| pending::<()>().await));
        inside.reaches("closing", &subject).await
    })?;
    check(log.is(&["closing"]) || log.is(&["closing", "aborted"]), "it is aborted at most once")
}

/// A scope that waits in its body, and may be dropped on any thread.
fn waiting<T: Timer, S: SpawnClose<T> + Send>(
    log: &SharedLog,
    spawner: S,
) -> Pin<Box<dyn Future<Output = Outcome> + Send>> {
    let door = Door::new(log.clone(), 1).spawn_on_drop(spawner);
    let mut scope = Box::pin(async move {
        let left = close_on_exit(door, async |_| pending::<()>().await).await;
        check(left.is_ok(), "it is not left")
    });
    let _ = Probe::new().poll(scope.as_mut());
    scope
}

/// A scope that is dropped on a thread that is none of the runtime's is closed or aborted, once, and the thread goes on.
pub async fn dropped_on_another_thread<T: Timer, S: SpawnClose<T> + Send>(
    subject: Subject<T>,
    spawner: S,
) -> Outcome {
    let log = SharedLog::default();
    let scope = waiting(&log, spawner);
    check(thread::spawn(move || drop(scope)).join().is_ok(), "the drop does not panic")?;
    log.ends(&subject).await
}

thread_local! {
    static KEPT: RefCell<Option<Box<dyn Any>>> = const { RefCell::new(None) };
}

/// So is one that is dropped as a thread ends, where thread-locals of the runtime may be gone.
pub async fn dropped_as_a_thread_ends<T: Timer, S: SpawnClose<T> + Send>(
    subject: Subject<T>,
    spawner: S,
) -> Outcome {
    let log = SharedLog::default();
    let scope = waiting(&log, spawner);
    let ended = thread::spawn(move || KEPT.set(Some(Box::new(scope)))).join();
    check(ended.is_ok(), "the drop does not panic")?;
    log.ends(&subject).await
}

/// However a drop meets the end of the runtime, the scope is closed or aborted, once.
pub fn drop_meets_the_end_of_the_runtime<R: Spawns<Spawner: Send>>(runtime: &R) -> Outcome {
    for _ in 0..50 {
        let log = SharedLog::default();
        let dropping = Rc::new(RefCell::new(None));
        let (kept, inside) = (dropping.clone(), log.clone());
        runtime.run_spawning(|_, spawner| {
            let scope = waiting(&inside, spawner);
            kept.replace(Some(thread::spawn(move || drop(scope))));
            async { Ok(()) }
        })?;
        let ended = dropping.take().map(thread::JoinHandle::join);
        check(ended.is_some_and(|it| it.is_ok()), "the drop does not panic")?;
        log.ends_here()?;
    }
    Ok(())
}
