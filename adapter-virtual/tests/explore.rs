//! What an exploration finds, how it shrinks it, and what it says.

mod common;

use core::cell::{Cell, RefCell};
use core::future::pending;
use core::time::Duration;
use std::collections::BTreeSet;
use std::rc::Rc;

use anytempo::Timer;
use anytempo_virtual::{Exploration, Seed, Sim, Simulation, explore};

use common::ms;

/// Two tasks read a counter, yield, and write what they read plus one. `others` tasks do no harm.
async fn lost_update(sim: Sim, others: usize) {
    let count = Rc::new(Cell::new(0));
    let mut tasks = Vec::new();
    for number in 0..others {
        let clock = sim.clone();
        tasks.push(sim.spawn(async move {
            for _ in 0..5 {
                clock.sleep(ms(number as u64 % 3)).await;
            }
        }));
    }
    for (name, after) in [("first", 1), ("second", 2)] {
        let (clock, count) = (sim.clone(), Rc::clone(&count));
        tasks.push(sim.spawn_named(name, async move {
            clock.sleep(ms(5)).await;
            // Only one of the two yields between its read and its write, so that one order is right.
            let seen = count.get();
            if after == 1 {
                clock.sleep(Duration::ZERO).await;
                clock.sleep(Duration::ZERO).await;
            }
            count.set(seen + 1);
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(count.get(), 2, "an update is lost");
}

/// Fails if "late" runs before "early", which no first-come run does.
async fn order(sim: Sim) {
    let is_ready = Rc::new(Cell::new(false));
    let tasks = ["early", "late"].map(|name| {
        let is_ready = Rc::clone(&is_ready);
        sim.spawn_named(name, async move {
            if name == "late" {
                assert!(is_ready.get(), "not ready");
            }
            is_ready.set(true);
        })
    });
    for task in tasks {
        task.await.unwrap();
    }
}

#[test]
fn a_failure_is_found_and_shrunk_to_what_it_needs() {
    let body = async |sim: Sim| {
        for number in 0..20 {
            let clock = sim.clone();
            sim.spawn(async move { clock.sleep(ms(number)).await });
        }
        order(sim).await;
    };
    let failure = explore(0..1_000, body).unwrap_err();

    assert_eq!(failure.choices().len(), 1, "{failure}");
    let choice = &failure.choices()[0];
    assert!(choice.starts_with("at 0ns, of "), "{choice}");
    assert!(choice.contains(", task 22 \"late\" (spawned at "), "{choice}");
    let said = failure.to_string();
    assert!(said.contains("panicked at "), "{said}");
    assert!(said.contains(": not ready\n"), "{said}");
    assert!(said.contains(&format!("ANYTEMPO_SEED={}\n", failure.shrunk().unwrap())), "{said}");
    assert!(said.ends_with(&format!("ANYTEMPO_SEED={}", failure.seed())), "{said}");
    assert_eq!(format!("{failure:?}"), said);

    // What it says fails again, and nothing of it can be left out.
    let shrunk = failure.shrunk().unwrap().clone();
    let again =
        |seed: Seed| std::panic::catch_unwind(|| Simulation::new().seed(seed).run(body)).is_err();
    assert!(again(shrunk));
    assert!(!again("choices:0:".parse().unwrap()));
}

#[test]
fn the_search_for_fewer_choices_ends_in_time() {
    let body = async |sim: Sim| {
        for number in 0..20 {
            let clock = sim.clone();
            sim.spawn(async move { clock.sleep(ms(number)).await });
        }
        order(sim).await;
    };
    let whole = Exploration::new(0..1_000).shrink_limit(Duration::ZERO).run(body).unwrap_err();
    assert!(whole.choices().len() > 1, "{whole}");
    assert!(whole.to_string().contains("\nFewer may do: "), "{whole}");
    assert!(whole.to_string().contains("(0 more runs say so)"), "{whole}");
    let few = explore(0..1_000, body).unwrap_err();
    assert!(!few.to_string().contains("Fewer may do"), "{few}");
}

#[test]
fn each_strategy_finds_a_lost_update() {
    let body = async |sim| lost_update(sim, 6).await;
    let random = explore(0..1_000, body).unwrap_err();
    let pct = Exploration::new(0..1_000).pct(2).run(body).unwrap_err();
    let exhaustive =
        Exploration::new(0..100_000).exhaustive(1).run(async |sim| lost_update(sim, 0).await);
    for failure in [random, pct, exhaustive.unwrap_err()] {
        assert!(failure.to_string().contains("an update is lost"), "{failure}");
        assert!(failure.shrunk().is_some(), "{failure}");
    }
}

#[test]
fn exhaustive_runs_every_schedule_once() {
    let runs = RefCell::new(Vec::new());
    let body = async |sim: Sim| {
        let order = Rc::new(RefCell::new(Vec::new()));
        let tasks = [0, 1, 2].map(|number| {
            let order = Rc::clone(&order);
            sim.spawn(async move { order.borrow_mut().push(number) })
        });
        for task in tasks {
            task.await.unwrap();
        }
        runs.borrow_mut().push(order.take());
    };
    // The body waits for the first task, so it is a choice too, wherever it has been woken.
    let explored = Exploration::new(0..1_000).exhaustive(9).run(body).unwrap();
    assert!(explored.is_complete);
    assert_eq!(explored.runs as usize, runs.borrow().len());
    let orders: BTreeSet<Vec<i32>> = runs.take().into_iter().collect();
    assert_eq!(orders.len(), 6);

    let explored = Exploration::new(0..3).exhaustive(9).run(body).unwrap();
    assert!(!explored.is_complete);
    assert_eq!(explored.runs, 3);
    let explored = Exploration::new(0..3).exhaustive(0).run(body).unwrap();
    assert!(explored.is_complete);
    assert_eq!(explored.runs, 1);
}

#[test]
fn without_a_failure_every_seed_is_run() {
    let runs = Cell::new(0);
    let body = async |_| runs.set(runs.get() + 1);
    let explored = explore(5..25, body).unwrap();
    assert_eq!((explored.runs, runs.take(), explored.is_complete), (20, 20, false));
    assert!(explored.to_string().starts_with("20 runs without a failure, at "), "{explored}");
    let explored = Exploration::new(0..20).pct(3).run(body).unwrap();
    assert_eq!((explored.runs, runs.get()), (21, 21), "the first one counts the choices");
}

#[test]
fn a_deadlock_and_a_limit_are_failures() {
    let deadlock = explore(0..10, async |_| pending::<()>().await).unwrap_err();
    assert_eq!((deadlock.runs(), deadlock.choices().len()), (1, 0));
    assert!(deadlock.to_string().contains("It fails so where all is first-come too"), "{deadlock}");
    let slow = Exploration::new(0..10).time_limit(ms(5)).run(async |sim| sim.sleep(ms(6)).await);
    assert!(slow.unwrap_err().to_string().contains("limit of 5ms of virtual time"));
    let fast = Exploration::new(0..10).time_limit(ms(5)).run(async |sim| sim.sleep(ms(5)).await);
    assert_eq!(fast.unwrap().runs, 10);
}

#[test]
fn what_depends_on_more_than_the_seed_is_told() {
    let runs = Cell::new(0);
    let unsteady = explore(0..10, async |_| {
        runs.set(runs.get() + 1);
        assert!(runs.get() != 3, "the third run");
    });
    let said = unsteady.unwrap_err().to_string();
    assert!(said.contains("The same choices do not fail again"), "{said}");

    // One more yield in every second run, as if the order of a hash map said so.
    let runs = Cell::new(0);
    let body = async |sim: Sim| {
        runs.set(runs.get() + 1);
        let (clock, yields) = (sim.clone(), runs.get() % 2);
        sim.spawn_named("unsteady", async move {
            for _ in 0..yields {
                clock.sleep(Duration::ZERO).await;
            }
        })
        .await
        .unwrap();
        sim.sleep(ms(1)).await;
    };
    let parted = Exploration::new(0..10).repeated().run(body).unwrap_err().to_string();
    assert!(parted.contains("\nits two runs differ\n"), "{parted}");
    assert!(
        parted.contains("Two runs with this seed part at step 5 of their traces.\n"),
        "{parted}"
    );
    assert!(parted.contains("\n- the first: 0ns: task 1 \"unsteady\" is woken\n"), "{parted}");
    assert!(parted.contains("\n- the second: 0ns: task 1 \"unsteady\" is over\n"), "{parted}");

    let steady = Exploration::new(0..10).repeated().run(async |sim| order(sim).await).unwrap_err();
    assert!(steady.shrunk().is_some(), "{steady}");
}

#[test]
fn pct_finds_what_needs_three_steps_in_one_order() {
    // Fails only if c runs before b, b before a, and all that among tasks that yield often.
    let body = async |sim: Sim| {
        let order = Rc::new(RefCell::new(String::new()));
        let mut tasks = Vec::new();
        for name in ["a", "b", "c", "x", "y"] {
            let (clock, order) = (sim.clone(), Rc::clone(&order));
            tasks.push(sim.spawn_named(name, async move {
                for _ in 0..10 {
                    clock.sleep(Duration::ZERO).await;
                }
                order.borrow_mut().push_str(name);
            }));
        }
        for task in tasks {
            task.await.unwrap();
        }
        let order: String = order.borrow().chars().filter(|it| "abc".contains(*it)).collect();
        assert_ne!(order, "cba");
    };
    let failure = Exploration::new(0..1_000).pct(3).run(body).unwrap_err();
    assert!(failure.runs() < 100, "{failure}");
}

// The task with the highest priority would have every turn, and wait for the other without end.
#[test]
fn pct_lets_others_run_where_a_task_yields_until_they_did() {
    let body = async |sim: Sim| {
        let is_done = Rc::new(Cell::new(false));
        let (clock, seen) = (sim.clone(), Rc::clone(&is_done));
        let waits = sim.spawn(async move {
            while !seen.get() {
                clock.sleep(Duration::ZERO).await;
            }
        });
        sim.spawn(async move { is_done.set(true) });
        waits.await.unwrap();
    };
    let explored = Exploration::new(0..20).pct(1).poll_limit(1_000).run(body).unwrap();
    assert_eq!(explored.runs, 21);
}

#[test]
fn runs_that_differ_in_their_ends_alone_are_told() {
    let runs = Cell::new(0);
    let parted = Exploration::new(0..10).repeated().run(async |_| {
        runs.set(runs.get() + 1);
        assert!(runs.get() != 2, "the second run");
    });
    let said = parted.unwrap_err().to_string();
    assert!(said.contains("\n- the first: it ends without a failure\n"), "{said}");
    assert!(
        said.contains("\n- the second: panicked at ") && said.contains(": the second run\n"),
        "{said}"
    );
}

// Every run fails. One that fails at "late" is not shrunk to one that fails at the end.
#[test]
fn a_failure_is_shrunk_to_the_same_failure() {
    let body = async |sim: Sim| {
        order(sim).await;
        panic!("at the end");
    };
    let failures = (0..100).map(|seed| explore(seed..seed + 1, body).unwrap_err());
    let failure = failures.into_iter().find(|it| it.to_string().contains(": not ready\n"));
    assert_eq!(failure.unwrap().choices().len(), 1);
}

#[test]
fn a_task_that_panics_as_it_is_dropped_is_a_failure() {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("dropped");
        }
    }
    let failure = explore(0..3, async |sim| {
        let bomb = Bomb;
        sim.spawn(async move {
            pending::<()>().await;
            drop(bomb);
        });
    });
    assert!(failure.unwrap_err().to_string().contains(": dropped\n"));
}
