//! The end of the server: what is open may end in time, and what does not is cut off.

use core::time::Duration;

use anytempo::Timer;
use anytempo_example_server::DRAIN;
use anytempo_virtual::{explore, run};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::world::World;

#[test]
fn a_request_ends_and_idle_connections_close_at_once() {
    let explored = explore(0..50, async |sim| {
        let world = World::new(&sim);
        let (mut client, mut idle) = (world.client().await, world.client().await);
        let mut silent = world.connect();
        assert_eq!(idle.get("/health").await.unwrap(), 200);
        let clock = sim.clock().clone();
        let report = sim.spawn(async move { (client.get("/report").await, clock.elapsed()) });
        sim.sleep(Duration::from_millis(400)).await;

        world.stop();
        sim.settled().await;
        let mut rest = String::new();
        silent.read_to_string(&mut rest).await.unwrap();
        assert!(idle.get("/health").await.is_err());
        assert!(world.accepted.is_closed());
        assert_eq!(sim.elapsed(), Duration::from_millis(400));

        let log = world.log();
        assert_eq!(world.end().await, 0);
        assert_eq!(log, ["400ms stops with 3 connections"]);
        let (status, at) = report.await.unwrap();
        assert_eq!((status.unwrap(), at), (200, Duration::from_secs(1)));
        assert_eq!(sim.elapsed(), Duration::from_secs(1));
        assert_eq!(sim.pending(), []);
    });
    explored.expect("the server drains in every order");
}

#[test]
fn what_is_open_at_the_deadline_is_cut_off() {
    run(async |sim| {
        let world = World::new(&sim);
        let mut slow = world.connect();
        slow.write_all(b"GET /health HTTP/1.1\r\nHost").await.unwrap();
        sim.sleep(Duration::from_secs(2)).await;
        assert_eq!(world.end().await, 1);
        assert_eq!(sim.elapsed(), Duration::from_secs(2) + DRAIN);
        let mut answer = String::new();
        slow.read_to_string(&mut answer).await.unwrap();
        assert_eq!(answer, "");
        assert_eq!(sim.elapsed(), Duration::from_secs(2) + DRAIN);
        assert_eq!(sim.pending(), []);
    })
    .unwrap();
}
