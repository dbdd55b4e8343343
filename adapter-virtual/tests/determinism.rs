//! The same program gives the same trace in every run.

mod common;

use core::pin::Pin;
use core::time::Duration;
use std::rc::Rc;
use std::thread;

use anytempo::Timer;
use anytempo_virtual::{Executor, Spawner, VirtualClock};

use common::Trace;

type Entry = (Duration, u64, &'static str);

/// Numbers that look random and are always the same (the MINSTD generator).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0 * 48_271 % 0x7fff_ffff;
        self.0 % end
    }
}

/// Sleeps, sets limits, spawns and aborts, and writes down each step.
async fn busy(
    clock: VirtualClock,
    spawner: Rc<Spawner>,
    trace: Trace<Entry>,
    seed: u64,
    depth: u64,
) {
    let mut numbers = Numbers(seed);
    let note = |what| trace.add((clock.elapsed(), seed, what));
    for _ in 0..4 {
        let span = Duration::from_millis(numbers.below(5));
        match numbers.below(if depth == 0 { 2 } else { 4 }) {
            0 => {
                clock.sleep(span).await;
                note("slept");
            }
            1 => {
                let limit = Duration::from_millis(numbers.below(5));
                let late = clock.timeout(limit, clock.sleep(span)).await.is_err();
                note(if late { "late" } else { "in time" });
            }
            choice => {
                let child = Box::pin(busy(
                    clock.clone(),
                    Rc::clone(&spawner),
                    trace.clone(),
                    seed * 10 + numbers.below(10) + 1,
                    depth - 1,
                )) as Pin<Box<dyn Future<Output = ()>>>;
                let child = spawner.spawn(child);
                if choice == 2 {
                    clock.sleep(span).await;
                    child.abort();
                }
                note(if child.await.is_ok() { "joined" } else { "aborted" });
            }
        }
    }
}

fn run_once() -> (Vec<Entry>, Duration) {
    let clock = VirtualClock::new();
    let executor = Executor::new(&clock);
    let spawner = Rc::new(executor.spawner());
    let trace = Trace::new();
    for seed in 1..=20 {
        executor.spawn(busy(clock.clone(), Rc::clone(&spawner), trace.clone(), seed, 3));
    }
    executor.run().unwrap();
    assert_eq!(clock.pending(), []);
    (trace.take(), clock.elapsed())
}

#[test]
fn a_hundred_runs_give_one_trace() {
    let (first, end) = run_once();
    assert!(first.len() > 100);
    for kind in ["slept", "late", "in time", "joined", "aborted"] {
        assert!(first.iter().any(|entry| entry.2 == kind), "the program never {kind}");
    }
    for _ in 1..100 {
        assert_eq!(run_once(), (first.clone(), end));
    }
}

#[test]
fn runs_in_parallel_do_not_disturb_one_another() {
    let expected = run_once();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..10 {
                    assert_eq!(run_once(), expected);
                }
            });
        }
    });
}
