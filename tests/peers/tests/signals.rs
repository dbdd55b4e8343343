//! One-shot channels and notifications of other crates between seeded tasks: no signal is lost.

use core::cell::Cell;
use core::fmt::Debug;
use core::time::Duration;
use std::rc::Rc;

use anytempo::Timer;
use anytempo_virtual::{Exploration, Sim};
use tokio::sync::Notify;

const TASKS: u64 = 4;

fn explore(body: impl AsyncFn(Sim)) {
    let explored = Exploration::new(0..1_000)
        .time_limit(Duration::from_secs(1))
        .poll_limit(10_000)
        .run(body)
        .expect("every run ends, and loses nothing");
    assert_eq!(explored.runs, 1_000);
}

async fn dawdle(sim: &Sim) {
    if sim.random_below(2) == 0 {
        sim.sleep(Duration::from_millis(sim.random_below(3))).await;
    }
}

/// Each client sends a number with the sender of a one-shot channel, and gets its square.
async fn ask<S: 'static, R: Future<Output = Result<u64, E>> + 'static, E: Debug>(
    sim: &Sim,
    channel: fn() -> (S, R),
    send: fn(S, u64) -> Result<(), u64>,
) {
    let (requests, inbox) = async_channel::unbounded();
    let clients = (0..TASKS).map(|number| {
        let (sim, requests) = (sim.clone(), requests.clone());
        sim.clone().spawn_named(format!("client {number}"), async move {
            let (sender, receiver) = channel();
            dawdle(&sim).await;
            requests.send((number, sender)).await.expect("the server lives");
            dawdle(&sim).await;
            assert_eq!(receiver.await.expect("it answers"), number * number);
        })
    });
    let clients: Vec<_> = clients.collect();
    drop(requests);
    let server = sim.clone();
    sim.spawn_named("server", async move {
        while let Ok((number, sender)) = inbox.recv().await {
            dawdle(&server).await;
            send(sender, number * number).expect("it waits");
        }
    });
    for client in clients {
        client.await.expect("it is not aborted");
    }
}

#[test]
fn tokio_oneshot() {
    use tokio::sync::oneshot::{Sender, channel};
    explore(async |sim| ask(&sim, channel, Sender::send).await);
}

#[test]
fn futures_oneshot() {
    use futures_channel::oneshot::{Sender, channel};
    explore(async |sim| ask(&sim, channel, Sender::send).await);
}

/// Each `notify_one` lets one task through, whether it waits already or comes later.
#[test]
fn tokio_notify_one() {
    explore(async |sim| {
        let (notify, through) = (Rc::new(Notify::new()), Rc::new(Cell::new(0)));
        let waiters = (0..TASKS).map(|number| {
            let (sim, notify, through) = (sim.clone(), Rc::clone(&notify), Rc::clone(&through));
            sim.clone().spawn_named(format!("waiter {number}"), async move {
                dawdle(&sim).await;
                notify.notified().await;
                through.set(through.get() + 1);
                // A second permit is not stored, so each task lets the next one through.
                notify.notify_one();
            })
        });
        let waiters: Vec<_> = waiters.collect();
        notify.notify_one();
        for waiter in waiters {
            waiter.await.expect("it is not aborted");
        }
        assert_eq!(through.get(), TASKS);
    });
}

/// `notify_waiters` wakes every task that has called `notified`, also where it has not polled that yet.
#[test]
fn tokio_notify_waiters() {
    explore(async |sim| {
        let (notify, is_done) = (Rc::new(Notify::new()), Rc::new(Cell::new(false)));
        let waiters = (0..TASKS).map(|number| {
            let (sim, notify, is_done) = (sim.clone(), Rc::clone(&notify), Rc::clone(&is_done));
            sim.clone().spawn_named(format!("waiter {number}"), async move {
                dawdle(&sim).await;
                let notified = notify.notified();
                if !is_done.get() {
                    dawdle(&sim).await;
                    notified.await;
                }
                assert!(is_done.get());
            })
        });
        let waiters: Vec<_> = waiters.collect();
        dawdle(&sim).await;
        is_done.set(true);
        notify.notify_waiters();
        for waiter in waiters {
            waiter.await.expect("it is not aborted");
        }
    });
}
