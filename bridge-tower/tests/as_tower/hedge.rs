use core::cell::{Cell, RefCell};
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;
use std::rc::Rc;

use anytempo::Timer;
use anytempo_tower::Hedge;
use tower::{Service, ServiceExt, service_fn};

use crate::{Log, Random, SEEDS, Watch, millis, on_tokio, on_virtual};

/// Every third request must be sent once only, and every fifth one is not sent again when it comes to that.
#[derive(Clone)]
struct Policy;

impl tower::hedge::Policy<u64> for Policy {
    fn clone_request(&self, req: &u64) -> Option<u64> {
        (req % 3 != 0).then_some(*req)
    }

    fn can_retry(&self, req: &u64) -> bool {
        req % 5 != 0
    }
}

impl anytempo_tower::hedge::Policy<u64> for Policy {
    fn clone_request(&self, req: &u64) -> Option<u64> {
        tower::hedge::Policy::clone_request(self, req)
    }

    fn can_retry(&self, req: &u64) -> bool {
        tower::hedge::Policy::can_retry(self, req)
    }
}

const MIN: u64 = 5;
const PERCENTILE: f32 = 0.7;
const PERIOD: u64 = 20_000;

type Calls = RefCell<Log>;

/// A service that takes up to 4 seconds, and logs its calls. It fails in one of ten, but never in a second request: tower returns its
/// error, and we wait for the first.
fn varied<T: Timer>(
    seed: u64,
    timer: T,
    calls: &Calls,
) -> impl Service<u64, Response = u64, Error = String> + Clone {
    let (watch, random) = (Rc::new(Watch::new(&timer)), Rc::new(RefCell::new(Random(seed))));
    let last = Rc::new(Cell::new(None));
    service_fn(move |request| {
        calls.borrow_mut().push((watch.millis(), format!("call {request}")));
        let takes = random.borrow_mut().below(4000);
        let is_second = last.replace(Some(request)) == Some(request);
        let fails = random.borrow_mut().below(10) == 0 && !is_second;
        let timer = timer.clone();
        async move {
            timer.sleep(millis(takes)).await;
            if fails { Err(format!("no {request}")) } else { Ok(takes) }
        }
    })
}

/// Requests one after the other, with pauses in which periods end.
async fn requests<T, S>(seed: u64, timer: T, calls: &Calls, mut service: S) -> Log
where
    T: Timer,
    S: Service<u64, Response = u64>,
    S::Error: core::fmt::Display,
{
    let (watch, mut random) = (Watch::new(&timer), Random(!seed));
    for number in 0..60 {
        if random.below(15) == 0 {
            timer.sleep(millis(random.below(PERIOD * 2))).await;
        }
        let Ok(ready) = service.ready().await else { panic!("it is always ready") };
        let result = ready.call(number).await;
        calls.borrow_mut().push((watch.millis(), crate::text(result)));
    }
    calls.take()
}

#[test]
fn the_second_request_is_sent_at_the_same_time() {
    let mut hedged = 0;
    for seed in 0..SEEDS {
        let calls = &Calls::default();
        let theirs = on_tokio(async |timer| {
            let service = varied(seed, timer, calls);
            let service =
                tower::hedge::Hedge::new(service, Policy, MIN, PERCENTILE, millis(PERIOD));
            requests(seed, timer, calls, service).await
        });
        hedged += theirs.iter().filter(|it| it.1.starts_with("call")).count() - 60;

        let ours = on_tokio(async |timer| {
            let service = varied(seed, timer, calls);
            let service = Hedge::new(service, timer, Policy, MIN, PERCENTILE, millis(PERIOD));
            // Periods count from the first request, and in tower from the layer.
            requests(seed, timer, calls, service).await
        });
        assert_eq!(ours, theirs, "seed {seed}");
        let ours = on_virtual(async |clock| {
            let service = varied(seed, clock.clone(), calls);
            let service =
                Hedge::new(service, clock.clone(), Policy, MIN, PERCENTILE, millis(PERIOD));
            requests(seed, clock, calls, service).await
        });
        assert_eq!(ours, theirs, "seed {seed}");
    }
    assert!(hedged > 50, "only {hedged} requests were sent twice");
}

/// The first request takes 100 ms, and the second one is sent at once and takes `second` ms.
fn two<T: Timer>(
    timer: T,
    answers: [Result<&'static str, &'static str>; 2],
    second: u64,
) -> impl Service<u64, Response = &'static str, Error = &'static str> + Clone {
    let calls = Rc::new(Cell::new(0));
    service_fn(move |_: u64| {
        let number = calls.replace(calls.get() + 1);
        let timer = timer.clone();
        async move {
            timer.sleep(millis([100, second][number])).await;
            answers[number]
        }
    })
}

#[test]
fn an_error_of_the_second_request_does_not_hide_the_first() {
    let cases = [
        ([Ok("first"), Err("second")], 1, Ok("first"), 100),
        ([Ok("first"), Ok("second")], 1, Ok("second"), 1),
        ([Err("first"), Err("second")], 1, Err("first"), 100),
        // An error of the first request comes at once, as without a hedge.
        ([Err("first"), Ok("second")], 300, Err("first"), 100),
        // The first request wins a tie.
        ([Err("first"), Ok("second")], 100, Err("first"), 100),
    ];
    for (answers, second, expected, at) in cases {
        let ours = on_virtual(async |clock| {
            let service = two(clock.clone(), answers, second);
            let hedge = Hedge::after(service, clock.clone(), Policy, Duration::ZERO);
            let answer = hedge.oneshot(1).await;
            (answer, clock.elapsed(), clock.pending())
        });
        assert_eq!(ours, (expected, millis(at), vec![]), "{answers:?} {second}");
    }
    let theirs = on_tokio(async |timer| {
        let service = two(timer, [Ok("first"), Err("second")], 1);
        let hedge = tower::hedge::Hedge::new(service, Policy, 0, 1.0, millis(PERIOD));
        hedge.oneshot(1).await.map_err(|it| it.to_string())
    });
    assert_eq!(theirs, Err("second".into()));
}

/// A second request that finds its service broken has failed, too.
#[test]
fn a_service_that_breaks_after_the_first_request_does_not_hide_it() {
    #[derive(Clone)]
    struct Breaks(Rc<Cell<bool>>, anytempo_virtual::VirtualClock);

    impl Service<u64> for Breaks {
        type Response = ();
        type Error = &'static str;
        type Future = Pin<Box<dyn Future<Output = Result<(), Self::Error>>>>;

        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
            Poll::Ready(if self.0.get() { Err("it is broken") } else { Ok(()) })
        }

        fn call(&mut self, _: u64) -> Self::Future {
            self.0.set(true);
            let clock = self.1.clone();
            Box::pin(async move {
                clock.sleep(millis(100)).await;
                Ok(())
            })
        }
    }

    on_virtual(async |clock| {
        let service = Breaks(Rc::default(), clock.clone());
        let mut hedge = Hedge::after(service, clock.clone(), Policy, millis(10));
        assert!(!hedge.get_ref().0.get() && !hedge.get_mut().0.get());
        assert!(!hedge.clone().into_inner().0.get());
        assert_eq!(hedge.oneshot(1).await, Ok(()));
        assert_eq!(clock.elapsed(), millis(100));
    });
}
