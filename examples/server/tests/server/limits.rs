//! The limits on requests.

use core::time::Duration;

use anytempo::Timer;
use anytempo_example_server::{LIMIT, PATIENCE};
use anytempo_virtual::{explore, run};

use crate::world::World;

#[test]
fn an_answer_has_two_seconds() {
    run(async |sim| {
        let world = World::new(&sim);
        let mut client = world.client().await;
        assert_eq!(client.get("/report").await.unwrap(), 200);
        assert_eq!(sim.elapsed(), Duration::from_secs(1));
        assert_eq!(client.get("/archive").await.unwrap(), 504);
        assert_eq!(sim.elapsed(), Duration::from_secs(1) + LIMIT);
        drop(client);
        assert_eq!(world.end().await, 0);
        assert_eq!(sim.elapsed(), Duration::from_secs(1) + LIMIT);
        assert_eq!(sim.pending(), []);
    })
    .unwrap();
}

/// Twelve requests at once: three pass, two find a token within their patience, and the others are refused then.
#[test]
fn a_crowd_is_served_at_the_rate_and_then_refused() {
    let explored = explore(0..50, async |sim| {
        let world = World::new(&sim);
        let mut tasks = Vec::new();
        for number in 0..12 {
            let (mut client, clock) = (world.client().await, sim.clock().clone());
            // All routes have one limit.
            let path = if number % 2 == 0 { "/health" } else { "/nowhere" };
            tasks.push(sim.spawn(async move {
                (client.get(path).await.expect("an answer"), clock.elapsed().as_millis())
            }));
        }
        let mut answers = vec![];
        for task in tasks {
            answers.push(task.await.expect("it ends"));
        }
        let at = |millis| answers.iter().filter(|it| it.0 != 503 && it.1 == millis).count();
        assert_eq!((at(0), at(200), at(400)), (3, 1, 1), "{answers:?}");
        let refused: Vec<_> = answers.iter().filter(|it| it.0 == 503).collect();
        assert_eq!(refused.len(), 7, "{answers:?}");
        assert!(refused.iter().all(|it| it.1 == PATIENCE.as_millis()), "{answers:?}");
        assert_eq!(world.end().await, 0);
        assert_eq!(sim.pending(), []);
    });
    explored.expect("the limits hold in every order");
}

#[test]
fn metrics_are_printed_on_a_grid_of_ten_seconds() {
    run(async |sim| {
        let world = World::new(&sim);
        let mut client = world.client().await;
        sim.sleep(Duration::from_secs(3)).await;
        assert_eq!(client.get("/health").await.unwrap(), 200);
        assert_eq!(client.get("/archive").await.unwrap(), 504);
        sim.sleep(Duration::from_secs(6)).await;
        assert_eq!(client.get("/nowhere").await.unwrap(), 404);
        sim.sleep(Duration::from_secs(15)).await;
        let expected = [
            "10s 1 connections, 1 answers, 0 refused, 1 late",
            // The connection was idle for ten seconds.
            "20s 1 connections, 1 answers, 0 refused, 0 late",
        ];
        assert_eq!(world.log(), expected);
        assert_eq!(world.end().await, 0);
    })
    .unwrap();
}
