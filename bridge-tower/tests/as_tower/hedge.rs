use core::cell::RefCell;
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

/// A service that takes up to 4 seconds, and fails in one of ten requests. It logs its calls.
fn varied<T: Timer>(
    seed: u64,
    timer: T,
    calls: &Calls,
) -> impl Service<u64, Response = u64, Error = String> + Clone {
    let (watch, random) = (Rc::new(Watch::new(&timer)), Rc::new(RefCell::new(Random(seed))));
    service_fn(move |request| {
        calls.borrow_mut().push((watch.millis(), format!("call {request}")));
        let takes = random.borrow_mut().below(4000);
        let fails = random.borrow_mut().below(10) == 0;
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

/// The first answer counts, also where it is an error of the second request.
#[test]
fn an_error_of_the_second_request_is_an_answer() {
    let service = |timer: anytempo_tokio::TokioTimer| {
        let calls = Rc::new(RefCell::new(0));
        service_fn(move |_: u64| {
            *calls.borrow_mut() += 1;
            let is_first = *calls.borrow() == 1;
            async move {
                timer.sleep(millis(if is_first { 100 } else { 1 })).await;
                if is_first { Ok("first") } else { Err("second") }
            }
        })
    };
    let theirs = on_tokio(async |timer| {
        let hedge = tower::hedge::Hedge::new(service(timer), Policy, 0, 1.0, millis(PERIOD));
        hedge.oneshot(1).await.map_err(|it| it.to_string())
    });
    let ours = on_tokio(async |timer| {
        let hedge = Hedge::new(service(timer), timer, Policy, 0, 1.0, millis(PERIOD));
        hedge.oneshot(1).await.map_err(|it| it.to_string())
    });
    assert_eq!(theirs, Err("second".into()));
    assert_eq!(ours, theirs);
}
