//! Bodies that spawn and settle, tasks in the background, limits, lists of tasks, hints, and the ambient clock.

mod common;

use core::cell::{Cell, RefCell};
use core::future::{pending, poll_fn};
use core::pin::{Pin, pin};
use core::task::Poll;
use core::time::Duration;
use std::rc::Rc;
use std::thread;

use anytempo::{RawSleep as _, Timer, next};
use anytempo_virtual::{
    AmbientClock, Awaited, Executor, Limit, Sim, Simulation, Stopped, TaskState, VirtualClock, run,
};

use common::{at, at_real_limit, ms};

/// Counts, a second at a time, for as long as it is let.
async fn heartbeat(clock: VirtualClock, beats: Rc<Cell<u32>>) {
    let mut seconds = pin!(clock.interval_after(ms(1000), ms(1000)));
    while next(&mut seconds).await.is_some() {
        beats.set(beats.get() + 1);
    }
}

async fn yields_forever() {
    poll_fn(|cx| {
        cx.waker().wake_by_ref();
        Poll::<()>::Pending
    })
    .await;
}

#[test]
fn a_body_spawns() {
    let sum = run(async |sim| {
        let tasks = [1, 2, 3].map(|number| {
            let clock = sim.clone();
            sim.spawn(async move {
                clock.sleep(ms(number)).await;
                number
            })
        });
        let mut sum = 0;
        for task in tasks {
            sum += task.await.unwrap();
        }
        (sum, sim.elapsed())
    });
    assert_eq!(sum.unwrap(), (6, ms(3)));
}

#[test]
fn settled_waits_for_chains_of_any_length_and_not_for_time() {
    for seed in [None, Some(1), Some(2)] {
        let simulation = seed.map_or_else(Simulation::new, |seed| Simulation::new().seed(seed));
        let body = async |sim: Sim| {
            let steps = Rc::new(Cell::new(0));
            sim.spawn_named("chain", {
                let (clock, steps) = (sim.clone(), Rc::clone(&steps));
                async move {
                    for _ in 0..100 {
                        let clock = clock.clone();
                        clock
                            .clone()
                            .spawn(async move { clock.sleep(Duration::ZERO).await })
                            .await
                            .unwrap();
                        steps.set(steps.get() + 1);
                    }
                    clock.sleep(ms(1)).await;
                    steps.set(1000);
                }
            });
            sim.settled().await;
            assert_eq!((steps.get(), sim.elapsed()), (100, Duration::ZERO));
            sim.sleep(ms(1)).await;
            sim.settled().await;
            assert_eq!((steps.get(), sim.elapsed()), (1000, ms(1)));
        };
        simulation.run(body).unwrap();
    }
}

#[test]
fn those_that_wait_to_be_settled_go_on_one_by_one() {
    let order = Rc::new(RefCell::new(Vec::new()));
    run(async |sim| {
        for name in ["a", "b"] {
            let (clock, order) = (sim.clone(), Rc::clone(&order));
            sim.spawn(async move {
                clock.settled().await;
                order.borrow_mut().push(format!("{name} settled"));
                let order = Rc::clone(&order);
                clock.spawn(async move { order.borrow_mut().push(format!("after {name}")) });
            });
        }
        sim.settled().await;
        // The body began to wait before the two had their first turns.
        assert_eq!(order.borrow().len(), 0);
        sim.settled().await;
    })
    .unwrap();
    assert_eq!(*order.borrow(), ["a settled", "after a", "b settled", "after b"]);
}

#[test]
fn a_dropped_wait_to_be_settled_holds_up_no_other() {
    run(async |sim| {
        let mut dropped = Box::pin(sim.settled());
        poll_fn(|cx| {
            assert!(dropped.as_mut().poll(cx).is_pending());
            Poll::Ready(())
        })
        .await;
        drop(dropped);
        sim.settled().await;
    })
    .unwrap();
}

#[test]
fn every_drive_settles() {
    let clock = VirtualClock::new();
    let executor = Executor::new(&clock);
    let settled = executor.spawn(executor.settled());
    executor.run_until_idle();
    assert!(settled.is_finished());
    let settled = executor.spawn(executor.settled());
    executor.run_for(ms(1));
    assert!(settled.is_finished());
    executor.spawn(executor.settled());
    executor.run().unwrap();
}

#[test]
fn a_heartbeat_in_the_background_hides_no_deadlock() {
    let clock = VirtualClock::new();
    let executor = Executor::new(&clock);
    let beats = Rc::new(Cell::new(0));
    executor.spawn_background("heartbeat", heartbeat(clock.clone(), Rc::clone(&beats)));

    // While the body waits for a deadline of its own, the heart beats.
    executor.block_on(clock.sleep(ms(3500))).unwrap();
    assert_eq!(beats.get(), 3);

    let deadlock = executor.block_on(pending::<()>()).unwrap_err();
    assert_eq!((deadlock.at(), beats.get()), (at(3500), 3));
    let [_, heart] = deadlock.waiting() else { panic!("{deadlock}") };
    assert!(heart.is_background());
    assert_eq!(heart.awaits(), [Awaited::Deadline(at(4000))]);
    let said = deadlock.to_string();
    assert!(said.contains("task 1 \"heartbeat\", spawned at "), "{said}");
    assert!(said.contains(" in the background, waits for 4s\n"), "{said}");
    assert!(said.contains("\nhint: deadlines of tasks in the background do not count"), "{said}");

    // Nothing is left that a run waits for, and a run to a time goes on as ever.
    executor.run().unwrap();
    assert_eq!(clock.elapsed(), ms(3500));
    executor.run_for(ms(1000));
    assert_eq!(beats.get(), 4);
}

#[test]
fn a_wait_belongs_to_the_task_that_polls_it() {
    let clock = VirtualClock::new();
    let executor = Executor::new(&clock);
    // Polled once in the background, and then by the body: its deadline counts.
    let sleep = Rc::new(RefCell::new(clock.raw_sleep(Some(at(5)))));
    let poll_it = |sleep: &Rc<RefCell<anytempo_virtual::Sleep>>| {
        let sleep = Rc::clone(sleep);
        poll_fn(move |cx| Pin::new(&mut *sleep.borrow_mut()).poll(cx))
    };
    executor.spawn_background("polls it", poll_it(&sleep));
    executor.run_until_idle();
    assert_eq!(executor.tasks()[0].awaits(), [Awaited::Deadline(at(5))]);
    executor.block_on(poll_it(&sleep)).unwrap();
    assert_eq!(clock.elapsed(), ms(5));
    Pin::new(&mut *sleep.borrow_mut()).reset(None);
}

#[test]
fn each_limit_says_what_waits() {
    let limited = |simulation: Simulation,
                   body: &dyn Fn(Sim) -> Pin<Box<dyn Future<Output = ()>>>| {
        match simulation.run(async |sim| body(sim).await) {
            Err(Stopped::Limit(limit)) => limit,
            other => panic!("{other:?}"),
        }
    };
    let time = limited(Simulation::new().time_limit(ms(2500)), &|sim| {
        Box::pin(heartbeat(sim.clock().clone(), Rc::default()))
    });
    assert_eq!((time.limit(), time.at()), (Limit::Time(ms(2500)), at(2000)));
    assert_eq!(time.tasks()[0].awaits(), [Awaited::Deadline(at(3000))]);
    let said = time.to_string();
    assert!(said.starts_with("limit of 2.5s of virtual time"), "{said}");
    assert!(said.contains("\n- main future, blocked on at "), "{said}");
    assert!(said.ends_with(", waits for 3s"), "{said}");

    let polls = limited(Simulation::new().poll_limit(1000), &|_| Box::pin(yields_forever()));
    assert_eq!((polls.limit(), polls.at()), (Limit::Polls(1000), at(0)));

    let real = Simulation::new().real_time_limit(Duration::from_millis(20));
    let real = limited(real, &|_| Box::pin(yields_forever()));
    assert_eq!(real.limit(), Limit::RealTime(Duration::from_millis(20)));
}

#[test]
fn a_limit_ends_a_wait_for_a_hold_and_says_where_that_was_taken() {
    let line = Cell::new(0);
    let run = async |sim: Sim| {
        line.set(line!() + 1);
        let _hold = sim.hold();
        sim.sleep(ms(1)).await;
    };
    let said = at_real_limit(|limited| limited.run(run).unwrap_err().to_string());
    let place = format!("for a Hold that was taken at {}:{}:", file!(), line.get());
    assert!(said.contains(&place), "{said}");
}

#[test]
fn a_limit_that_is_not_reached_does_nothing() {
    let simulation = Simulation::new().time_limit(ms(10)).poll_limit(10);
    let simulation = simulation.real_time_limit(Duration::from_secs(300));
    assert_eq!(simulation.run(async |sim| sim.sleep(ms(10)).await).map(|()| 7).unwrap(), 7);
}

#[test]
fn the_list_tells_what_each_task_does() {
    let clock = VirtualClock::new();
    let executor = Executor::new(&clock);
    let other = VirtualClock::new();
    executor.spawn_named("two waits", {
        let clock = clock.clone();
        async move {
            let (mut one, mut two) = (pin!(clock.sleep(ms(2))), pin!(clock.sleep(ms(1))));
            poll_fn(|cx| {
                assert!(one.as_mut().poll(cx).is_pending());
                two.as_mut().poll(cx)
            })
            .await;
        }
    });
    executor.spawn_named("elsewhere", other.sleep(ms(1)));
    executor.spawn_named("something else", pending::<()>());
    executor.run_until_idle();
    executor.spawn_named("new", async {});
    let tasks = executor.tasks();
    let awaits: Vec<&[Awaited]> = tasks.iter().map(|task| task.awaits()).collect();
    let deadlines = [Awaited::Deadline(at(1)), Awaited::Deadline(at(2))];
    assert_eq!(awaits, [&deadlines[..], &[Awaited::OtherClock], &[], &[]]);
    let states: Vec<TaskState> = tasks.iter().map(|task| task.state()).collect();
    let waiting = TaskState::Waiting;
    assert_eq!(states, [waiting, waiting, waiting, TaskState::Ready]);
    assert!(tasks[0].to_string().ends_with(", waits for 1ms and 2ms"), "{}", tasks[0]);
    assert!(tasks[3].to_string().ends_with(", is ready"), "{}", tasks[3]);

    let running = executor.block_on(async { executor.spawn(async {}).await });
    running.unwrap().unwrap();
}

#[test]
fn the_ambient_clock_is_that_of_the_thread() {
    assert!(AmbientClock::try_get().is_none());
    let threads = [1, 2].map(|seconds| {
        thread::spawn(move || {
            run(async |sim| {
                sim.spawn(AmbientClock.sleep(Duration::from_secs(seconds))).await.unwrap();
                assert_eq!(AmbientClock.now(), sim.now());
                sim.elapsed()
            })
            .unwrap()
        })
    });
    let elapsed = threads.map(|thread| thread.join().unwrap());
    assert_eq!(elapsed, [Duration::from_secs(1), Duration::from_secs(2)]);
    assert!(AmbientClock::try_get().is_none());

    // An executor in a task of another one, and then the outer one again.
    run(async |outer| {
        outer.sleep(ms(5)).await;
        assert_eq!(run(async |_| AmbientClock.now()).unwrap(), at(0));
        assert_eq!(AmbientClock.now(), at(5));
    })
    .unwrap();
}

#[test]
#[should_panic = "no executor of anytempo_virtual runs on this thread, so there is no ambient clock"]
fn the_ambient_clock_says_that_there_is_none() {
    let _ = AmbientClock.now();
}

#[test]
fn an_abort_within_an_abort_hits_its_own_task_alone() {
    let clock = VirtualClock::new();
    let executor = Executor::new(&clock);
    let handle = Rc::new(RefCell::new(None::<anytempo_virtual::JoinHandle<()>>));
    struct AbortsItself(Rc<RefCell<Option<anytempo_virtual::JoinHandle<()>>>>);
    impl Drop for AbortsItself {
        fn drop(&mut self) {
            if let Ok(handle) = self.0.try_borrow() {
                handle.as_ref().inspect(|handle| handle.abort());
            }
        }
    }
    let guard = AbortsItself(Rc::clone(&handle));
    *handle.borrow_mut() = Some(executor.spawn(async move {
        pending::<()>().await;
        drop(guard);
    }));
    executor.run_until_idle();
    let aborter = executor.spawn({
        let clock = clock.clone();
        async move {
            handle.borrow().as_ref().inspect(|handle| handle.abort());
            clock.sleep(ms(1)).await;
            7
        }
    });
    assert_eq!(executor.block_on(aborter).unwrap(), Ok(7));
}
