//! The promises of `Close::spawn_on_drop`. Those that need no more of a spawner than that it is one are for every runtime, the
//! others for those that have one.

use core::cell::{Cell, RefCell};
use core::future::pending;
use core::pin::pin;
use core::time::Duration;

use anytempo::scope::{CloseErrors, Exit, Spawn, spawn_fn};
use anytempo::{
    Close, StreamTimeExt, Timer, close_on_exit, closing_owned, next, range, try_close_on_exit,
};

use crate::suite::scope::panics::{panics, unwind};
use crate::suite::{
    Door, Log, Outcome, Probe, STEP, SharedLog, SpawnClose, Subject, check, check_count, turns,
};

/// Counts what it spawns.
struct Counted<'a, S> {
    spawner: &'a S,
    tasks: &'a Cell<usize>,
}

impl<F, S: Spawn<F>> Spawn<F> for Counted<'_, S> {
    fn spawn(&self, task: F) {
        self.tasks.set(self.tasks.get() + 1);
        self.spawner.spawn(task);
    }
}

/// A scope that is cancelled in its body, or before it, hands the close to a task, which brings it to its end, once.
pub async fn cancelled_body_is_closed_in_a_task<T: Timer, S: SpawnClose<T>>(
    subject: Subject<T>,
    spawner: S,
) -> Outcome {
    for polls in 0..2 {
        let (log, tasks) = (SharedLog::default(), Cell::new(0));
        {
            let counted = Counted { spawner: &spawner, tasks: &tasks };
            let door = Door::new(log.clone(), 2).spawn_on_drop(counted);
            let mut scope = pin!(close_on_exit(door, async |_| pending::<()>().await));
            for _ in 0..polls {
                check(Probe::new().poll(scope.as_mut()).is_pending(), "the body waits")?;
            }
            log.check(&[], "it is open")?;
        }
        check_count(tasks.get(), 1, "one task is spawned")?;
        log.reaches("closed", &subject).await?;
        log.check(&["closing", "closing", "closed"], "it is closed once")?;
    }
    Ok(())
}

/// A close that is cancelled in its midst, at each point of it, goes on in a task and is not begun anew.
pub async fn cancelled_close_goes_on_in_a_task<T: Timer, S: SpawnClose<T>>(
    subject: Subject<T>,
    spawner: S,
) -> Outcome {
    for polls in 1..=3 {
        let (log, tasks) = (SharedLog::default(), Cell::new(0));
        {
            let counted = Counted { spawner: &spawner, tasks: &tasks };
            let door = Door::new(log.clone(), 3).spawn_on_drop(counted);
            let mut scope = pin!(close_on_exit(door, async |_| ()));
            for _ in 0..polls {
                check(Probe::new().poll(scope.as_mut()).is_pending(), "it is closing")?;
            }
            check_count(tasks.get(), 0, "nothing is spawned yet")?;
        }
        check_count(tasks.get(), 1, "one task is spawned")?;
        log.reaches("closed", &subject).await?;
        log.check(&["closing", "closing", "closing", "closed"], "it goes on, once")?;
    }
    Ok(())
}

/// So does a panic in the body; a close that panics is not handed on, but aborted.
pub async fn panic_is_closed_in_a_task<T: Timer, S: SpawnClose<T>>(
    subject: Subject<T>,
    spawner: S,
) -> Outcome {
    let (log, tasks) = (SharedLog::default(), Cell::new(0));
    let counted = || Counted { spawner: &spawner, tasks: &tasks };
    let door = Door::new(log.clone(), 1).spawn_on_drop(counted());
    panics(close_on_exit(door, async |_| unwind()))?;
    check_count(tasks.get(), 1, "one task is spawned")?;
    log.reaches("closed", &subject).await?;
    log.check(&["closing", "closed"], "it is closed once")?;

    let (log, tasks) = (SharedLog::default(), Cell::new(0));
    let counted = Counted { spawner: &spawner, tasks: &tasks };
    let door = Door::new(log.clone(), 0).panicking().spawn_on_drop(counted);
    panics(close_on_exit(door, async |_| ()))?;
    subject.pass(2).await;
    check(tasks.get() == 0 && log.is(&["aborted"]), "it is aborted, once")
}

/// A close that can be awaited is awaited in the scope, also one that fails, and nothing is spawned.
pub async fn orderly_close_spawns_nothing<T: Timer, S: SpawnClose<T>>(
    subject: Subject<T>,
    spawner: S,
) -> Outcome {
    for fails in [false, true] {
        let (log, tasks) = (SharedLog::default(), Cell::new(0));
        let door = Door::new(log.clone(), 2);
        let door = if fails { door.stuck("stuck") } else { door };
        let door = door.spawn_on_drop(Counted { spawner: &spawner, tasks: &tasks });
        let left = close_on_exit(door, async |door| {
            door.enter();
            subject.pass(1).await;
        })
        .await;
        check(
            left.map_err(|failed| failed.error) == if fails { Err("stuck") } else { Ok(()) },
            "as without",
        )?;
        log.check(&["entered", "closing", "closing", "closed"], "it is closed by then")?;
        subject.pass(2).await;
        check(tasks.get() == 0 && log.count("closed") == 1, "nothing is spawned")?;
    }
    Ok(())
}

/// Several close in one task, the last first, also those that are left; or each in a task of its own.
pub async fn several_close_in_one_task<T: Timer, S: SpawnClose<T>>(
    subject: Subject<T>,
    spawner: S,
) -> Outcome {
    for polls in 0..=2 {
        let (log, tasks) = (SharedLog::default(), Cell::new(0));
        let door = |closed, aborted| Door::new(log.clone(), 1).saying(closed, aborted);
        {
            let counted = Counted { spawner: &spawner, tasks: &tasks };
            let both = (door("a", "-a"), door("b", "-b").stuck("B")).spawn_on_drop(counted);
            let mut scope = pin!(close_on_exit(both, async |_| ()));
            for _ in 0..polls {
                check(Probe::new().poll(scope.as_mut()).is_pending(), "it is closing")?;
            }
        }
        check_count(tasks.get(), 1, "one task is spawned")?;
        log.reaches("a", &subject).await?;
        log.check(&["closing", "b", "closing", "a"], "each is closed once, in reverse")?;
    }
    let (log, tasks) = (SharedLog::default(), Cell::new(0));
    let door = |closed, aborted| {
        let counted = Counted { spawner: &spawner, tasks: &tasks };
        Door::new(log.clone(), 1).saying(closed, aborted).spawn_on_drop(counted)
    };
    drop(close_on_exit([door("a", "-a"), door("b", "-b")], async |_| ()));
    check_count(tasks.get(), 2, "a task for each")?;
    log.reaches("a", &subject).await?;
    log.reaches("b", &subject).await?;
    check(log.count("a") == 1 && log.count("b") == 1, "each is closed once")
}

/// A closure that spawns is a spawner.
pub async fn closure_that_spawns<T: Timer, S: SpawnClose<T>>(
    subject: Subject<T>,
    spawner: S,
) -> Outcome {
    let log = SharedLog::default();
    let door = Door::new(log.clone(), 1).spawn_on_drop(spawn_fn(|task| spawner.spawn(task)));
    let scope = close_on_exit(door, async |_| pending::<()>().await);
    check(subject.timer.timeout(STEP, scope).await.is_err(), "the limit is reached")?;
    log.reaches("closed", &subject).await?;
    log.check(&["closing", "closed"], "it is closed once")
}

/// A limit inside goes with the close: one that hangs is aborted in its task, not before its time; one that does not is closed.
pub async fn task_has_the_limit<T: Timer, S: SpawnClose<T>>(
    subject: Subject<T>,
    spawner: S,
) -> Outcome {
    for polls in 0..=1 {
        let log = SharedLog::default();
        let door =
            Door::new(log.clone(), 0).hanging().close_within(subject.timer.clone(), STEP * 3);
        let mark = subject.mark();
        {
            let mut scope = pin!(close_on_exit(
                door.spawn_on_drop(spawn_fn(|task| spawner.spawn(task))),
                async |_| ()
            ));
            for _ in 0..polls {
                let poll = Probe::new().poll(scope.as_mut());
                mark.waits(poll.is_pending(), 3, "it is closing")?;
            }
        }
        mark.waits(log.count("aborted") == 0, 3, "it is not aborted here")?;
        log.reaches("aborted", &subject).await?;
        let since = subject.timer.remaining(mark.plus(3)).is_zero();
        check(since, "it is not aborted before its time")?;
        check(log.count("aborted") == 1 && log.count("closed") == 0, "it is aborted once")?;
    }
    let log = SharedLog::default();
    let door =
        Door::new(log.clone(), 2).close_within(subject.timer.clone(), Duration::from_secs(3600));
    drop(close_on_exit(door.spawn_on_drop(spawn_fn(|task| spawner.spawn(task))), async |_| ()));
    log.reaches("closed", &subject).await?;
    log.check(&["closing", "closing", "closed"], "one that is in time is closed")
}

/// A limit outside ends the wait for the close, which then goes on in a task; where the scope is cancelled it has no limit.
pub async fn limit_hands_the_close_over<T: Timer, S: SpawnClose<T>>(
    subject: Subject<T>,
    spawner: S,
) -> Outcome {
    let (log, tasks) = (SharedLog::default(), Cell::new(0));
    let counted = || Counted { spawner: &spawner, tasks: &tasks };
    let door = Door::new(log.clone(), 3).spawn_on_drop(counted());
    let door = door.close_within(subject.timer.clone(), Duration::ZERO);
    check(close_on_exit(door, async |_| ()).await.is_err(), "its time is up")?;
    check_count(tasks.get(), 1, "one task is spawned")?;
    log.reaches("closed", &subject).await?;
    log.check(&["closing", "closing", "closing", "closed"], "it goes on, once")?;

    let log = SharedLog::default();
    let door = Door::new(log.clone(), 3).spawn_on_drop(counted());
    drop(close_on_exit(door.close_within(subject.timer.clone(), Duration::ZERO), async |_| ()));
    check_count(tasks.get(), 2, "one task is spawned")?;
    log.reaches("closed", &subject).await?;
    log.check(&["closing", "closing", "closing", "closed"], "it is closed once")
}

/// A stream that is dropped early does the same.
pub async fn stream_dropped_early_is_closed_in_a_task<T: Timer, S: SpawnClose<T>>(
    subject: Subject<T>,
    spawner: S,
) -> Outcome {
    for items in 0..=2 {
        let (log, tasks) = (SharedLog::default(), Cell::new(0));
        {
            let counted = Counted { spawner: &spawner, tasks: &tasks };
            let door = Door::new(log.clone(), 1).spawn_on_drop(counted);
            let mut source = pin!(range(0..1).close_on_exit(door));
            for _ in 0..items {
                let _ = Probe::new().poll_next(source.as_mut());
            }
        }
        check_count(tasks.get(), 1, "one task is spawned")?;
        log.reaches("closed", &subject).await?;
        log.check(&["closing", "closed"], "it is closed once")?;
    }
    let (log, tasks) = (SharedLog::default(), Cell::new(0));
    let counted = Counted { spawner: &spawner, tasks: &tasks };
    let mut source =
        pin!(range(0..1).close_on_exit(Door::new(log.clone(), 1).spawn_on_drop(counted)));
    while next(&mut source).await.is_some() {}
    check(tasks.get() == 0 && log.is(&["closing", "closed"]), "its end spawns nothing")
}

/// A spawner that drops the task, as one does whose runtime is gone, aborts: once, in the body and in the midst of the close.
pub async fn spawner_that_is_gone_aborts<T: Timer>(_: Subject<T>) -> Outcome {
    for polls in 0..=4_usize {
        let (log, tasks) = (Log::default(), Cell::new(0));
        {
            let door = Door::new(&log, 3).spawn_on_drop(spawn_fn(|task| {
                tasks.set(tasks.get() + 1);
                drop(task);
            }));
            let mut scope = pin!(close_on_exit(door, async |_| turns(1).await));
            for _ in 0..polls {
                check(Probe::new().poll(scope.as_mut()).is_pending(), "it is not over")?;
            }
        }
        check_count(tasks.get(), 1, "the task is handed over once")?;
        check(log.last() == Some("aborted") && log.count("aborted") == 1, "it is aborted once")?;
        check(log.count("closing") == polls.saturating_sub(1), "and not closed")?;
    }
    Ok(())
}

/// A closure is a spawner, and what it is given is a future that closes.
pub async fn closure_is_a_spawner<T: Timer>(subject: Subject<T>) -> Outcome {
    let log = Log::default();
    let handed = RefCell::new(None);
    let both = [Door::new(&log, 1).stuck("stuck"), Door::new(&log, 0).saying("last", "-last")];
    let both = both.spawn_on_drop(spawn_fn(|task| {
        handed.replace(Some(task));
    }));
    check(
        both[0].clone().close(Exit::Completed).await == Err("stuck") && log.length() == 2,
        "it is as without",
    )?;
    log.clear();
    let scope = close_on_exit(both, async |_| pending::<()>().await);
    check(subject.timer.timeout(STEP, scope).await.is_err(), "the limit is reached")?;
    check_count(log.length(), 0, "nothing happens before the task runs")?;
    let Some(task) = handed.take() else { return check(false, "the task is there") };
    task.await;
    log.check(&["last", "closing", "closed"], "each is closed once, and the error is dropped")?;

    log.clear();
    let door = Door::new(&log, 0).stuck("stuck").spawn_on_drop(spawn_fn(drop));
    let failed = close_on_exit([door], async |_| 7).await;
    let is_told = failed.is_err_and(|it| it.error == CloseErrors::new([Some("stuck")]));
    check(is_told && log.is(&["closed"]), "an orderly close tells its error")
}

/// An abort hands the close over, as does the drop of a close that was never polled.
pub async fn unpolled_close_is_spawned<T: Timer>(_: Subject<T>) -> Outcome {
    let (log, tasks) = (Log::default(), RefCell::new(Vec::new()));
    let door = || Door::new(&log, 0).spawn_on_drop(spawn_fn(|task| tasks.borrow_mut().push(task)));
    door().abort();
    drop(door().close(Exit::Completed));
    check(tasks.borrow().len() == 2 && log.length() == 0, "each is handed over")?;
    let mut close = pin!(door().close(Exit::Completed));
    let probe = Probe::new();
    check(probe.poll(close.as_mut()).is_ready(), "it is closed")?;
    check(probe.poll(close.as_mut()).is_pending(), "a further poll is pending")?;
    log.check(&["closed"], "it is closed once")?;
    for task in tasks.take() {
        task.await;
    }
    log.check(&["closed", "closed", "closed"], "each is closed once")
}

/// A close that goes to a task is told how its scope was left: cancelled before the close, and otherwise as in the scope.
pub async fn task_is_told<T: Timer>(_: Subject<T>) -> Outcome {
    for (polls, expected) in [(0, Exit::Cancelled), (1, Exit::Cancelled), (2, Exit::Failed)] {
        let (told, tasks) = (Cell::new(None), RefCell::new(Vec::new()));
        {
            let close = async |(), exit| {
                told.set(Some(exit));
                turns(1).await;
            };
            let resource = closing_owned((), close, drop);
            let resource = resource.spawn_on_drop(spawn_fn(|task| tasks.borrow_mut().push(task)));
            let mut scope = pin!(try_close_on_exit(resource, async |_| {
                turns(1).await;
                Err::<(), _>("broken")
            }));
            for _ in 0..polls {
                check(Probe::new().poll(scope.as_mut()).is_pending(), "it is not over")?;
            }
        }
        check(tasks.borrow().len() == 1, "one task is spawned")?;
        for task in tasks.take() {
            task.await;
        }
        check(told.get() == Some(expected), "the task is told")?;
    }
    Ok(())
}
