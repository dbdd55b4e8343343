use core::cell::RefCell;
use std::rc::Rc;

use anytempo::Timer;
use anytempo::future::Sleep;
use anytempo_tower::RetryLayer;
use tower::{Layer, Service, ServiceExt, service_fn};

use crate::{Log, Random, SEEDS, Watch, millis, on_tokio, on_virtual, text};

/// Tries again up to `left` times, each time after a longer wait, and changes request and result.
#[derive(Clone)]
struct Policy<T> {
    timer: T,
    left: u64,
}

impl<T: Timer> Policy<T> {
    fn next(&mut self, request: &mut u64, result: &mut Result<u64, String>) -> Option<Sleep<T>> {
        let Err(error) = result else { return None };
        if self.left == 0 {
            error.push_str(", for the last time");
            return None;
        }
        self.left -= 1;
        *request += 100;
        Some(self.timer.sleep(millis(5 * (5 - self.left))))
    }

    /// Odd requests are tried once.
    fn copy(&self, request: &u64) -> Option<u64> {
        (request % 2 == 0).then_some(*request)
    }
}

impl<T: Timer> tower::retry::Policy<u64, u64, String> for Policy<T> {
    type Future = Sleep<T>;

    fn retry(&mut self, req: &mut u64, result: &mut Result<u64, String>) -> Option<Sleep<T>> {
        self.next(req, result)
    }

    fn clone_request(&mut self, req: &u64) -> Option<u64> {
        self.copy(req)
    }
}

impl<T: Timer> anytempo_tower::retry::Policy<u64, u64, String> for Policy<T> {
    type Future = Sleep<T>;

    fn retry(&mut self, req: &mut u64, result: &mut Result<u64, String>) -> Option<Sleep<T>> {
        self.next(req, result)
    }

    fn clone_request(&mut self, req: &u64) -> Option<u64> {
        self.copy(req)
    }
}

type Calls = RefCell<Log>;

/// A service that fails two of three times, after a while. It logs its calls.
fn failing<T: Timer>(
    seed: u64,
    timer: T,
    calls: &Calls,
) -> impl Service<u64, Response = u64, Error = String> + Clone {
    let (watch, random) = (Watch::new(&timer), RefCell::new(Random(seed)));
    let (watch, random) = (Rc::new(watch), Rc::new(random));
    service_fn(move |request| {
        calls.borrow_mut().push((watch.millis(), format!("call {request}")));
        let takes = random.borrow_mut().below(10);
        let fails = random.borrow_mut().below(3) > 0;
        let timer = timer.clone();
        async move {
            timer.sleep(millis(takes)).await;
            if fails { Err(format!("no {request}")) } else { Ok(request) }
        }
    })
}

/// Requests one after the other.
async fn requests<T, S>(timer: T, calls: &Calls, mut service: S) -> Log
where
    T: Timer,
    S: Service<u64, Response = u64, Error = String>,
{
    let watch = Watch::new(&timer);
    for number in 0..20 {
        let ready = service.ready().await.expect("it is always ready");
        let result = ready.call(number).await;
        calls.borrow_mut().push((watch.millis(), text(result)));
    }
    calls.take()
}

#[test]
fn the_same_requests_are_tried_again_at_the_same_time() {
    let mut given_up = 0;
    for seed in 0..SEEDS {
        let calls = &Calls::default();
        let theirs = on_tokio(async |timer| {
            let layer = tower::retry::RetryLayer::new(Policy { timer, left: 3 });
            requests(timer, calls, layer.layer(failing(seed, timer, calls))).await
        });
        given_up += theirs.iter().filter(|it| it.1.ends_with("last time")).count();

        let ours = on_tokio(async |timer| {
            let layer = RetryLayer::new(Policy { timer, left: 3 });
            requests(timer, calls, layer.layer(failing(seed, timer, calls))).await
        });
        assert_eq!(ours, theirs, "seed {seed}");
        let ours = on_virtual(async |clock| {
            let layer = RetryLayer::new(Policy { timer: clock.clone(), left: 3 });
            let service = layer.layer(failing(seed, clock.clone(), calls));
            requests(clock, calls, service).await
        });
        assert_eq!(ours, theirs, "seed {seed}");
    }
    assert!(given_up > 10, "only {given_up} requests were given up");
}
