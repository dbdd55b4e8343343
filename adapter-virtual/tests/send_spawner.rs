//! Tasks that come from any thread, and from a library that knows only `Arc<dyn Spawn<Task> + Send + Sync>`.

use core::future::{Future, pending};
use core::pin::Pin;
use core::time::Duration;
use std::sync::{Arc, Mutex, mpsc};
use std::thread;

use anytempo::scope::spawn_fn;
use anytempo::{Close, Spawn, Timer, close_on_exit, closing_owned};
use anytempo_virtual::{Executor, SendSpawner, VirtualClock};

const SECOND: Duration = Duration::from_secs(1);

type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<&'static str>>>);

impl Log {
    fn add(&self, line: &'static str) {
        self.0.lock().unwrap().push(line);
    }

    fn lines(&self) -> Vec<&'static str> {
        self.0.lock().unwrap().clone()
    }
}

/// Adds a line when it is dropped.
struct Dropped(Log, &'static str);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.add(self.1);
    }
}

#[test]
fn it_is_send_and_sync() {
    fn assert<T: Send + Sync + Clone + 'static>() {}
    assert::<SendSpawner>();
}

#[test]
fn tasks_have_their_turns_in_the_order_of_spawning() {
    let clock = VirtualClock::new();
    let executor = Executor::new(&clock);
    let (here, sent, log) = (executor.spawner(), executor.send_spawner(), Log::default());
    executor
        .block_on(async {
            let add = |line| {
                let log = log.clone();
                async move { log.add(line) }
            };
            here.spawn(add("1"));
            sent.spawn(add("2"));
            here.spawn(add("3"));
            sent.spawn(add("4"));
            clock.sleep(SECOND).await;
        })
        .unwrap();
    assert_eq!(log.lines(), ["1", "2", "3", "4"]);
}

#[test]
fn run_ends_when_what_was_sent_is_done() {
    let clock = VirtualClock::new();
    let executor = Executor::new(&clock);
    let sent = executor.send_spawner();
    // No other task is there.
    sent.spawn({
        let (clock, sent) = (clock.clone(), sent.clone());
        async move {
            clock.sleep(SECOND).await;
            sent.spawn(clock.sleep(SECOND));
        }
    });
    executor.run().unwrap();
    assert_eq!(clock.elapsed(), SECOND * 2);
}

#[test]
fn a_parked_executor_goes_on() {
    let clock = VirtualClock::new();
    let executor = Executor::new(&clock);
    let (sent, hold) = (executor.send_spawner(), clock.hold());
    let (sender, receiver) = mpsc::channel();
    let other = thread::spawn(move || {
        // The executor parks while the clock is held.
        let () = receiver.recv().unwrap();
        sent.spawn(async move { drop(hold) });
    });
    executor
        .block_on(async {
            sender.send(()).unwrap();
            clock.sleep(SECOND).await;
        })
        .unwrap();
    other.join().unwrap();
    assert_eq!(clock.elapsed(), SECOND);
}

#[test]
fn a_deadlock_names_the_task() {
    let clock = VirtualClock::new();
    let executor = Executor::new(&clock);
    executor.send_spawner().spawn_named("stuck", pending::<()>());
    let deadlock = executor.run().unwrap_err().to_string();
    assert!(deadlock.contains("stuck") && deadlock.contains("send_spawner.rs"), "{deadlock}");
}

#[test]
fn what_had_no_turn_is_dropped_with_the_executor_and_what_comes_later_at_once() {
    let executor = Executor::new(&VirtualClock::new());
    let (sent, log) = (executor.send_spawner(), Log::default());
    let task = |line| {
        let dropped = Dropped(log.clone(), line);
        async move {
            let _dropped = dropped;
            pending::<()>().await;
        }
    };
    let last = Dropped(log.clone(), "later");
    let first = {
        let (sent, task) = (sent.clone(), task("in the task"));
        Dropping(Some(move || {
            sent.spawn(async move { drop(last) });
            drop(task);
        }))
    };
    executor.spawn(async move {
        let _first = first;
        pending::<()>().await;
    });
    executor.run_until_idle();
    sent.spawn(task("no turn"));
    assert_eq!(log.lines(), [""; 0]);
    drop(executor);
    assert_eq!(log.lines(), ["later", "in the task", "no turn"]);
    sent.spawn(task("at once"));
    assert_eq!(log.lines()[3..], ["at once"]);
}

/// Does something when it is dropped.
struct Dropping<F: FnOnce()>(Option<F>);

impl<F: FnOnce()> Drop for Dropping<F> {
    fn drop(&mut self) {
        if let Some(act) = self.0.take() {
            act();
        }
    }
}

/// A library that knows no runtime, and is used from any thread.
struct Library {
    spawner: Arc<dyn Spawn<Task> + Send + Sync>,
    log: Log,
}

impl Library {
    fn cancelled_scope(&self) {
        let (spawner, log) = (self.spawner.clone(), self.log.clone());
        let close = async |log: Log, _| log.add("closed");
        let resource = closing_owned(log, close, |log| log.add("aborted"));
        let resource = resource.spawn_on_drop(spawn_fn(move |task| spawner.spawn(Box::pin(task))));
        drop(close_on_exit(resource, async |_| pending::<()>().await));
    }
}

#[test]
fn a_library_can_hold_it() {
    let executor = Executor::new(&VirtualClock::new());
    let spawner = Arc::new(executor.send_spawner());
    let library = Arc::new(Library { spawner, log: Log::default() });
    library.cancelled_scope();
    thread::spawn({
        let library = library.clone();
        move || library.cancelled_scope()
    })
    .join()
    .unwrap();
    executor.run().unwrap();
    assert_eq!(library.log.lines(), ["closed", "closed"]);
    drop(executor);
    library.cancelled_scope();
    assert_eq!(library.log.lines()[2..], ["aborted"]);
}
