//! Channels of other crates between seeded tasks: nothing is lost, and each sender's items keep their order.

use core::cell::RefCell;
use core::time::Duration;
use std::collections::BTreeSet;

use anytempo::Timer;
use anytempo_virtual::{Exploration, Sim, Simulation, Stopped};
use futures_util::{SinkExt, StreamExt};

const SENDERS: usize = 3;
const ITEMS: usize = 5;

/// The number of a sender, and the number of an item among its items.
type Item = (usize, usize);

/// Waits for a while, or not at all.
async fn dawdle(sim: &Sim) {
    if sim.random_below(2) == 0 {
        sim.sleep(Duration::from_millis(sim.random_below(3))).await;
    }
}

/// Sends from several tasks and receives in the body. Returns the senders in the order in which their items arrived.
async fn exchange<S: Clone + 'static>(
    sim: &Sim,
    sender: S,
    send: impl AsyncFn(&mut S, Item) + Copy + 'static,
    mut receive: impl AsyncFnMut() -> Option<Item>,
) -> Vec<usize> {
    for from in 0..SENDERS {
        let (sim, mut sender) = (sim.clone(), sender.clone());
        sim.clone().spawn_named(format!("sender {from}"), async move {
            for number in 0..ITEMS {
                dawdle(&sim).await;
                send(&mut sender, (from, number)).await;
            }
        });
    }
    drop(sender);
    let mut next = [0; SENDERS];
    let mut order = Vec::new();
    while let Some((from, number)) = receive().await {
        assert_eq!(number, next[from], "an item of sender {from} is lost or out of order");
        next[from] += 1;
        order.push(from);
        dawdle(sim).await;
    }
    assert_eq!(next, [ITEMS; SENDERS], "nothing is lost");
    order
}

/// Explores a body, and checks that the seeds make a difference.
fn explore(body: impl AsyncFn(Sim) -> Vec<usize>) {
    let orders = RefCell::new(BTreeSet::new());
    let explored = Exploration::new(0..1_000)
        .time_limit(Duration::from_secs(1))
        .poll_limit(10_000)
        .run(async |sim| {
            let order = body(sim).await;
            orders.borrow_mut().insert(order);
        });
    assert_eq!(explored.expect("every run ends, and loses nothing").runs, 1_000);
    assert!(orders.borrow().len() > 500, "{} orders of arrival", orders.borrow().len());
}

#[test]
fn tokio_mpsc() {
    use tokio::sync::mpsc::Sender;
    explore(async |sim| {
        let (sender, mut receiver) = tokio::sync::mpsc::channel(2);
        let send = async |sender: &mut Sender<Item>, item| {
            sender.send(item).await.expect("the receiver lives");
        };
        exchange(&sim, sender, send, async || receiver.recv().await).await
    });
}

#[test]
fn tokio_mpsc_unbounded() {
    use tokio::sync::mpsc::UnboundedSender;
    explore(async |sim| {
        let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel();
        let send = async |sender: &mut UnboundedSender<Item>, item| {
            sender.send(item).expect("the receiver lives");
        };
        exchange(&sim, sender, send, async || receiver.recv().await).await
    });
}

#[test]
fn async_channel_bounded() {
    use async_channel::Sender;
    explore(async |sim| {
        let (sender, receiver) = async_channel::bounded(2);
        let send = async |sender: &mut Sender<Item>, item| {
            sender.send(item).await.expect("the receiver lives");
        };
        exchange(&sim, sender, send, async || receiver.recv().await.ok()).await
    });
}

#[test]
fn futures_mpsc() {
    use futures_channel::mpsc::Sender;
    explore(async |sim| {
        let (sender, mut receiver) = futures_channel::mpsc::channel(1);
        let send = async |sender: &mut Sender<Item>, item| {
            sender.send(item).await.expect("the receiver lives");
        };
        exchange(&sim, sender, send, async || receiver.next().await).await
    });
}

/// Runs a sender whose receiver lives and is never polled, and checks what the deadlock says.
fn forgotten<R>(channel: impl AsyncFnOnce(Sim) -> R) {
    let run = async |sim: Sim| {
        let receiver = channel(sim.clone()).await;
        core::future::pending::<()>().await;
        drop(receiver);
    };
    let stopped = Simulation::new().seed(3).run(run).expect_err("the receiver is forgotten");
    let Stopped::Deadlock(deadlock) = &stopped else { panic!("{stopped}") };
    let names: Vec<_> = deadlock.waiting().iter().filter_map(|task| task.name()).collect();
    assert_eq!(names, ["producer"]);
    assert!(stopped.to_string().contains("task 1 \"producer\", spawned at "), "{stopped}");
}

#[test]
fn a_deadlock_names_the_sender_whose_receiver_is_forgotten() {
    forgotten(async |sim| {
        let (sender, receiver) = tokio::sync::mpsc::channel(1);
        sim.spawn_named("producer", async move { while sender.send(()).await.is_ok() {} });
        receiver
    });
    forgotten(async |sim| {
        let (sender, receiver) = async_channel::bounded(1);
        sim.spawn_named("producer", async move { while sender.send(()).await.is_ok() {} });
        receiver
    });
    forgotten(async |sim| {
        let (mut sender, receiver) = futures_channel::mpsc::channel(1);
        sim.spawn_named("producer", async move { while sender.send(()).await.is_ok() {} });
        receiver
    });
}
