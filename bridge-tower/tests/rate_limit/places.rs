use core::cell::RefCell;
use core::future::poll_fn;
use core::time::Duration;
use std::rc::Rc;

use anytempo::Timer;
use anytempo_tower::limit::rate::Rate;
use anytempo_virtual::{VirtualClock, explore, run};
use tower_service::Service;

use crate::{call, is_ready, limited, request, seconds};

const RATES: [fn(u64, Duration) -> Rate; 2] = [Rate::new, Rate::token_bucket];

/// Whatever the order in which tasks run: as many pass as should, in the order in which they asked, and the clock is idle then.
#[test]
fn tokens_are_given_in_the_order_of_the_first_poll() {
    for rate in RATES {
        let explored = explore(0..50, async |sim| {
            let service = limited(sim.clock(), rate(1, seconds(1)));
            let (asked, passed) = <(Rc<RefCell<Vec<u64>>>, Rc<RefCell<Vec<u64>>>)>::default();
            let tasks: Vec<_> = (0..8)
                .map(|number| {
                    let (asked, passed) = (asked.clone(), passed.clone());
                    let service = service.clone();
                    sim.spawn(async move {
                        asked.borrow_mut().push(number);
                        let time = request(service).await;
                        passed.borrow_mut().push(number);
                        time
                    })
                })
                .collect();
            let mut times = vec![];
            for task in tasks {
                times.push(task.await.expect("it ends").as_secs());
            }
            times.sort_unstable();
            assert_eq!(times, [0, 1, 2, 3, 4, 5, 6, 7]);
            assert_eq!(asked, passed);
            assert_eq!(sim.pending(), []);
        });
        explored.expect("the order is that of the first poll");
    }
}

/// Some that wait give up at random times. The tokens go to the others, and no second passes without a request.
#[test]
fn those_that_give_up_cost_the_others_nothing() {
    for rate in RATES {
        let explored = explore(0..100, async |sim| {
            let service = limited(sim.clock(), rate(1, seconds(1)));
            let tasks: Vec<_> = (0..12_u64)
                .map(|number| {
                    let (clock, service) = (sim.clock().clone(), service.clone());
                    // Two of three wait for at most half a second, or two and a half.
                    let limit = [3_600_000, 500, 2500][number as usize % 3];
                    sim.spawn(async move {
                        let limit = Duration::from_millis(limit);
                        clock.timeout(limit, request(service)).await.ok()
                    })
                })
                .collect();
            let mut times = vec![];
            for task in tasks {
                times.extend(task.await.expect("it ends"));
            }
            times.sort_unstable();
            let expected: Vec<_> = (0..times.len() as u64).map(seconds).collect();
            assert_eq!(times, expected);
            assert!(times.len() >= 4);
            assert_eq!(sim.pending(), []);
        });
        explored.expect("no token is lost");
    }
}

#[test]
fn a_token_that_is_not_used_goes_to_the_next() {
    for rate in RATES {
        run(async |sim| {
            let mut first = limited(sim.clock(), rate(1, seconds(60)));
            let second = first.clone();
            assert!(is_ready(&mut first));
            let second = sim.spawn(request(second));
            sim.sleep(seconds(1)).await;
            drop(first);
            assert_eq!(second.await.expect("it ends"), seconds(1));
        })
        .unwrap();
    }
}

/// One that waits for a token that others hold has no deadline yet. It gets one when they call.
#[test]
fn a_call_tells_the_first_when_its_token_comes() {
    for rate in RATES {
        run(async |sim| {
            let mut first = limited(sim.clock(), rate(1, seconds(60)));
            assert!(is_ready(&mut first));
            let second = sim.spawn(request(first.clone()));
            sim.sleep(seconds(1)).await;
            call(&mut first);
            assert_eq!(second.await.expect("it ends"), seconds(61));
        })
        .unwrap();
    }
}

/// With two tokens the first leaves a token for the one behind it, and wakes it.
#[test]
fn the_first_wakes_the_one_behind_it() {
    for rate in RATES {
        run(async |sim| {
            let mut service = limited(sim.clock(), rate(2, seconds(1)));
            call(&mut service);
            call(&mut service);
            let holds = |mut service: crate::Limited| async move {
                let Ok(()) = poll_fn(|cx| service.poll_ready(cx)).await;
                service
            };
            let first = sim.spawn(holds(service.clone()));
            let second = sim.spawn(holds(service.clone()));
            let _first = first.await.expect("it ends");
            let _second = second.await.expect("it ends");
            let bucket = rate(2, seconds(1)) == Rate::token_bucket(2, seconds(1));
            assert_eq!(sim.elapsed(), seconds(if bucket { 2 } else { 1 }));
        })
        .unwrap();
    }
}

/// Its timer is set for a token that comes later, and then one comes back.
#[test]
fn a_token_that_comes_back_ends_the_timer() {
    let clock = VirtualClock::new();
    let mut services = vec![limited(&clock, Rate::token_bucket(2, seconds(10))); 3];
    let mut last = services.pop().expect("three of them");
    assert!(services.iter_mut().all(is_ready));
    call(&mut services[0]);
    assert!(!is_ready(&mut last));
    assert_eq!(clock.pending().len(), 1);
    drop(services);
    assert!(is_ready(&mut last));
    assert_eq!(clock.pending(), []);
}

#[test]
fn nothing_overtakes_one_that_was_not_polled_yet() {
    let clock = VirtualClock::new();
    let mut first = limited(&clock, Rate::new(1, seconds(1)));
    let (mut second, mut third) = (first.clone(), first.clone());
    call(&mut first);
    assert!(!is_ready(&mut second));
    clock.advance(seconds(1));
    assert!(!is_ready(&mut third));
    assert!(is_ready(&mut second));
}

/// Polled with one waker, and then by a task: the task is woken, whether it is the first or behind.
#[test]
fn the_newest_waker_is_woken() {
    run(async |sim| {
        let mut service = limited(sim.clock(), Rate::token_bucket(1, seconds(1)));
        call(&mut service);
        let mut waiting = vec![service; 3];
        assert!(!waiting.iter_mut().any(is_ready));
        let tasks: Vec<_> = waiting.into_iter().map(|it| sim.spawn(request(it))).collect();
        for (second, task) in (1..).zip(tasks) {
            assert_eq!(task.await.expect("it ends"), seconds(second));
        }
    })
    .unwrap();
}

/// A clone of one that is ready has to ask for itself.
#[test]
fn a_clone_has_no_part_in_the_readiness() {
    let clock = VirtualClock::new();
    let mut first = limited(&clock, Rate::new(1, seconds(1)));
    assert!(is_ready(&mut first));
    let mut second = first.clone();
    assert!(!is_ready(&mut second));
    // The one that was ready stays so, also after the clone is gone.
    drop(second);
    assert!(is_ready(&mut first));
    call(&mut first);
    assert_eq!(clock.pending(), []);
}

/// The pattern of middleware: the service that is ready goes into the future, a clone takes its place.
#[test]
fn the_ready_one_can_be_replaced_by_a_clone() {
    run(async |sim| {
        let mut service = limited(sim.clock(), Rate::token_bucket(1, seconds(1)));
        for second in 0..5 {
            let Ok(()) = poll_fn(|cx| service.poll_ready(cx)).await;
            let clone = service.clone();
            let mut ready = core::mem::replace(&mut service, clone);
            assert_eq!(ready.call(()).await, Ok(seconds(second)));
        }
    })
    .unwrap();
}

/// A call by the first in the queue, which has no token, ends its wait and its timer.
#[test]
fn a_call_out_of_turn_leaves_the_queue() {
    let clock = VirtualClock::new();
    let mut service = limited(&clock, Rate::new(1, seconds(1)));
    assert!(is_ready(&mut service));
    call(&mut service);
    assert!(!is_ready(&mut service));
    call(&mut service);
    assert_eq!(clock.pending(), []);
    let mut other = service.clone();
    clock.advance(seconds(1));
    assert!(is_ready(&mut other), "nothing is before it");
}

/// Wakers of another thread: no wake is lost between the queue and a drop.
#[test]
fn threads_share_a_limit() {
    let clock = VirtualClock::new();
    let service = limited(&clock, Rate::token_bucket(1, Duration::from_nanos(1)));
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let mut service = service.clone();
            let clock = clock.clone();
            std::thread::spawn(move || {
                for _ in 0..500 {
                    while !is_ready(&mut service) {
                        clock.advance(Duration::from_nanos(1));
                        std::thread::yield_now();
                    }
                    call(&mut service);
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().expect("it gets its tokens");
    }
    assert_eq!(clock.pending(), []);
}
