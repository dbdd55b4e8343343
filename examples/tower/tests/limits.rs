//! The limits of the service, exact on virtual time and under 100 schedules, and once on tokio's real time.

use core::time::Duration;

use anytempo::Timer;
use anytempo_example_tower::{LIMIT, PATIENCE, app};
use anytempo_tokio::TokioTimer;
use anytempo_virtual::{explore, run};
use axum::Router;
use axum::body::Body;
use axum::http::Request;
use tower::ServiceExt;

/// The status of the answer.
async fn get(app: Router, path: &str) -> u16 {
    let request = Request::get(path).body(Body::empty()).expect("a request");
    let Ok(response) = app.oneshot(request).await;
    response.status().as_u16()
}

#[test]
fn a_report_has_two_seconds() {
    run(async |sim| {
        let app = app(sim.clock().clone());
        assert_eq!(get(app.clone(), "/report").await, 200);
        assert_eq!(sim.elapsed(), Duration::from_secs(1));
        assert_eq!(get(app, "/archive").await, 504);
        assert_eq!(sim.elapsed(), Duration::from_secs(1) + LIMIT);
        assert_eq!(sim.pending(), []);
    })
    .unwrap();
}

/// Twelve requests at once: three pass, two find a token within their patience, and the others are refused then.
#[test]
fn a_crowd_is_served_at_the_rate_and_then_refused() {
    let explored = explore(0..100, async |sim| {
        let app = app(sim.clock().clone());
        let tasks: Vec<_> = (0..12)
            .map(|number| {
                let (app, clock) = (app.clone(), sim.clock().clone());
                // All routes have one limit.
                let path = if number % 2 == 0 { "/health" } else { "/nowhere" };
                sim.spawn(async move { (get(app, path).await, clock.elapsed().as_millis()) })
            })
            .collect();
        let mut answers = vec![];
        for task in tasks {
            answers.push(task.await.expect("it ends"));
        }
        let at = |millis| answers.iter().filter(|it| it.0 != 503 && it.1 == millis).count();
        assert_eq!((at(0), at(200), at(400)), (3, 1, 1), "{answers:?}");
        let refused: Vec<_> = answers.iter().filter(|it| it.0 == 503).collect();
        assert_eq!(refused.len(), 7, "{answers:?}");
        assert!(refused.iter().all(|it| it.1 == PATIENCE.as_millis()), "{answers:?}");
        assert_eq!(sim.pending(), []);
    });
    explored.expect("the limits hold in every order");
}

#[test]
fn it_keeps_its_rate_on_tokio() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    runtime.expect("a runtime").block_on(async {
        let (app, start) = (app(TokioTimer), TokioTimer.now());
        for _ in 0..4 {
            assert_eq!(get(app.clone(), "/health").await, 200);
        }
        assert!(TokioTimer.elapsed(start) >= Duration::from_millis(200));
    });
}
