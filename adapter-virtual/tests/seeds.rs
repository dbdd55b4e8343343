//! What a seed chooses, that it is the same in every run, and that all errors tell it.

mod common;

use core::cell::RefCell;
use core::future::{pending, poll_fn};
use core::panic::AssertUnwindSafe;
use core::sync::atomic::{AtomicUsize, Ordering};
use core::task::Poll;
use std::collections::BTreeSet;
use std::env;
use std::panic::catch_unwind;
use std::process::Command;
use std::rc::Rc;
use std::sync::{Arc, Mutex};

use anytempo::Timer;
use anytempo_virtual::{Executor, JoinHandle, Seed, Simulation, VirtualClock};

use common::{at, calls, ms, poll};

/// Three tasks that yield and sleep, as the order of their steps.
fn steps(clock: &VirtualClock) -> String {
    let executor = Executor::new(clock);
    let steps = Rc::new(RefCell::new(String::new()));
    for name in ['a', 'b', 'c'] {
        let (clock, steps) = (clock.clone(), Rc::clone(&steps));
        executor.spawn(async move {
            for _ in 0..3 {
                steps.borrow_mut().push(name);
                clock.sleep(ms(0)).await;
                steps.borrow_mut().push(name);
                clock.sleep(ms(1)).await;
            }
        });
    }
    executor.run().unwrap();
    steps.take()
}

// A change of these runs breaks every seed that somebody has written down. It needs a new minor number.
#[test]
fn a_seed_gives_the_run_that_it_always_gave() {
    assert_eq!(steps(&VirtualClock::new()), "abcabcabcabcabcabc");
    assert_eq!(steps(&VirtualClock::seeded(0)), RECORDED[0]);
    assert_eq!(steps(&VirtualClock::seeded(1)), RECORDED[1]);
    let seed = |text: &str| VirtualClock::seeded(text.parse::<Seed>().unwrap());
    assert_eq!(steps(&seed("pct:1:2:12")), RECORDED[2]);
    assert_eq!(steps(&seed("choices:0:0=2,3=1")), RECORDED[3]);
    let random = VirtualClock::seeded(17);
    assert_eq!([random.random(), random.random_below(100)], RANDOM);
}

#[test]
fn a_script_without_choices_is_first_come() {
    let seed: Seed = "choices:5:".parse().unwrap();
    assert_eq!(steps(&VirtualClock::seeded(seed)), steps(&VirtualClock::new()));
}

#[test]
fn equal_deadlines_fire_in_every_order() {
    let orders: BTreeSet<Vec<usize>> = (0..200_u64)
        .map(|seed| {
            let clock = VirtualClock::seeded(seed);
            let order = Arc::new(Mutex::new(Vec::new()));
            let mut sleeps = [0, 1, 2].map(|number| {
                let order = Arc::clone(&order);
                (clock.raw_sleep(Some(at(1))), calls(move || order.lock().unwrap().push(number)))
            });
            for (sleep, waker) in &mut sleeps {
                assert!(poll(sleep, waker).is_pending());
            }
            clock.advance(ms(1));
            drop(sleeps);
            order.lock().unwrap().clone()
        })
        .collect();
    assert_eq!(orders.len(), 6);
}

#[test]
fn a_task_that_is_over_is_no_choice() {
    for seed in 0..50_u64 {
        let clock = VirtualClock::seeded(seed);
        let executor = Executor::new(&clock);
        let handles: Vec<_> = (0..5).map(|_| executor.spawn(pending::<()>())).collect();
        handles.iter().for_each(|handle| handle.abort());
        let seven = executor.spawn(async { 7 });
        assert_eq!(executor.block_on(seven).unwrap(), Ok(7));
    }
}

// What is over is in no line, so the places of the others are as if it had never been there.
#[test]
fn a_task_that_is_over_takes_no_place() {
    for (seed, is_polled, expected) in
        [("choices:0:0=1", false, "cb"), ("choices:0:1=1", true, "xcb")]
    {
        let executor = Executor::new(&VirtualClock::seeded(seed.parse::<Seed>().unwrap()));
        let order = Rc::new(RefCell::new(String::new()));
        let task = |name: char| {
            let order = Rc::clone(&order);
            executor.spawn(async move { order.borrow_mut().push(name) })
        };
        // Either before the first choice, or after it, when the tasks are in the line.
        let aborted = Rc::new(RefCell::new(None));
        if is_polled {
            let (order, aborted) = (Rc::clone(&order), Rc::clone(&aborted));
            executor.spawn(async move {
                order.borrow_mut().push('x');
                drop(aborted.take().inspect(|it: &JoinHandle<()>| it.abort()));
            });
        }
        let first = task('a');
        task('b');
        task('c');
        if is_polled {
            aborted.replace(Some(first));
        } else {
            first.abort();
        }
        executor.run().unwrap();
        assert_eq!(*order.borrow(), expected, "{seed}");
    }
}

// More tasks and timers than one block of a line has.
#[test]
fn each_of_many_has_its_turn_once() {
    let clock = VirtualClock::seeded(3);
    let executor = Executor::new(&clock);
    let order = Rc::new(RefCell::new(Vec::new()));
    for number in 0..1_000_u32 {
        let (clock, order) = (clock.clone(), Rc::clone(&order));
        executor.spawn(async move {
            clock.sleep(ms(u64::from(number % 2))).await;
            order.borrow_mut().push(number);
        });
    }
    executor.run().unwrap();
    let mut order = order.take();
    let halves: Vec<u32> = order.iter().map(|number| number % 2).collect();
    assert!(halves.is_sorted(), "those that wait for the time come last");
    assert!(!order.is_sorted());
    order.sort_unstable();
    assert!(order.into_iter().eq(0..1_000));
}

// The first of five timers of one deadline drops another one as it fires.
#[test]
fn a_timer_that_is_dropped_while_others_fire_is_no_choice() {
    for seed in 0..50_u64 {
        let clock = VirtualClock::seeded(seed);
        let fired = Arc::new(Mutex::new(Vec::new()));
        let sleeps = Arc::new(Mutex::new(Vec::new()));
        for number in 0..5 {
            let (fired, sleeps_too) = (Arc::clone(&fired), Arc::clone(&sleeps));
            let waker = calls(move || {
                let is_first = fired.lock().unwrap().is_empty();
                fired.lock().unwrap().push(number);
                let mut sleeps = sleeps_too.lock().unwrap();
                drop(is_first.then(|| sleeps.remove((number + 1) % 5)));
            });
            let mut sleep = clock.raw_sleep(Some(at(1)));
            assert!(poll(&mut sleep, &waker).is_pending());
            sleeps.lock().unwrap().push(sleep);
        }
        clock.advance(ms(1));
        let mut fired = fired.lock().unwrap().clone();
        let dropped = (fired[0] + 1) % 5;
        fired.sort_unstable();
        assert!(fired.into_iter().eq((0..5).filter(|&it| it != dropped)), "{seed}");
    }
}

#[test]
fn tasks_of_other_threads_are_run() {
    for seed in 0..20_u64 {
        let clock = VirtualClock::seeded(seed);
        let executor = Executor::new(&clock);
        let spawner = executor.send_spawner();
        let done = Arc::new(AtomicUsize::new(0));
        for _ in 0..5 {
            let done = Arc::clone(&done);
            spawner.spawn(async move {
                done.fetch_add(1, Ordering::SeqCst);
            });
        }
        executor.run().unwrap();
        assert_eq!(done.load(Ordering::SeqCst), 5);
    }
}

#[test]
fn a_deadlock_and_a_limit_tell_the_seed() {
    let deadlock = Simulation::new().seed(17).run(async |_| pending::<()>().await).unwrap_err();
    let line = "\nseed 17; to run it again: ANYTEMPO_SEED=17";
    assert!(deadlock.to_string().ends_with(line), "{deadlock}");
    let forever = || {
        poll_fn(|cx| -> Poll<()> {
            cx.waker().wake_by_ref();
            Poll::Pending
        })
    };
    let limit =
        Simulation::new().seed(17).poll_limit(10).run(async |_| forever().await).unwrap_err();
    assert!(limit.to_string().starts_with("limit of 10 polls, reached at 0ns\n"), "{limit}");
    assert!(limit.to_string().ends_with(line), "{limit}");
}

#[test]
fn what_is_no_seed_is_refused() {
    for text in [
        "",
        "x",
        "-1",
        "1.5",
        "choices",
        "choices:1",
        "choices:1:2",
        "choices:1:2=",
        "pct:1:2",
        "pct:1:2:3:4",
        "pct:1:99999:3",
    ] {
        let error = text.parse::<Seed>().unwrap_err();
        assert!(error.to_string().starts_with(&format!("{text:?} is not a seed: ")), "{error}");
    }
    for text in ["0", "18446744073709551615", "pct:1:2:3", "choices:1:", "choices:1:2=3,4=5"] {
        assert_eq!(text.parse::<Seed>().unwrap().to_string(), text);
    }
}

/// Prints what a run does, for the tests below to run it with an environment.
#[test]
fn child() {
    match env::var("ANYTEMPO_TEST_CHILD").as_deref() {
        Ok("steps") => println!("steps {}", steps(&VirtualClock::seeded(5))),
        Ok("panic") => {
            let clock = VirtualClock::seeded(5);
            let executor = Executor::new(&clock);
            executor.spawn(async { panic!("on purpose") });
            let caught = catch_unwind(AssertUnwindSafe(|| executor.run()));
            assert!(caught.is_err());
        }
        Ok("drop") => {
            struct Bomb;
            impl Drop for Bomb {
                fn drop(&mut self) {
                    panic!("on purpose");
                }
            }
            let bomb = Bomb;
            let executor = Executor::new(&VirtualClock::seeded(5));
            executor.spawn(async move { drop(bomb) });
            assert!(catch_unwind(AssertUnwindSafe(|| drop(executor))).is_err());
        }
        Ok("explore") => {
            let explored = anytempo_virtual::explore(0..100, async |sim| {
                println!("seed {:?}", sim.seed());
            });
            println!("{explored:?}");
        }
        _ => {}
    }
}

fn run_child(what: &str, seed: &str) -> (String, String) {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["child", "--exact", "--nocapture"]).env("ANYTEMPO_TEST_CHILD", what);
    let output = command.env("ANYTEMPO_SEED", seed).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr))
}

#[test]
#[cfg_attr(miri, ignore = "Miri starts no process")]
fn in_a_process_the_environment_says_which_run_to_replay() {
    for seed in ["0", "pct:1:2:12", "choices:0:0=2,3=1"] {
        let here = steps(&VirtualClock::seeded(seed.parse::<Seed>().unwrap()));
        let (out, _) = run_child("steps", seed);
        assert!(out.contains(&format!("steps {here}\n")), "{seed}: {out}");
    }
    let (out, _) = run_child("explore", "pct:1:2:12");
    assert_eq!(out.matches("seed Some(Seed(pct:1:2:12))").count(), 1, "{out}");
    assert!(out.contains("runs: 1,"), "{out}");
    let (out, _) = run_child("steps", "");
    let here = steps(&VirtualClock::seeded(5));
    assert!(out.contains(&format!("steps {here}\n")), "an empty variable is none: {out}");
    let (_, told) = run_child("steps", "seven");
    assert!(
        told.contains("ANYTEMPO_SEED is \"seven\", which is not a seed: it must be a number"),
        "{told}"
    );
}

#[test]
#[cfg_attr(miri, ignore = "Miri starts no process")]
fn in_a_process_a_panic_tells_the_seed() {
    for what in ["panic", "drop"] {
        let (_, told) = run_child(what, "7");
        assert!(told.contains("on purpose"), "{told}");
        assert_eq!(
            told.matches("\nseed 7; to run it again: ANYTEMPO_SEED=7\n").count(),
            1,
            "{told}"
        );
    }
}

const RECORDED: [&str; 4] =
    ["cbaacbbaaccbababcc", "bbcacacaabbccbcbaa", "aabbccbbaaccbbaacc", "cabacbacbacbacbacb"];
const RANDOM: [u64; 2] = [13098694384960221531, 52];
