//! Connections that misbehave, and a listener that fails.

use core::time::Duration;
use std::io;

use anytempo_example_server::{HEADER, PAUSE};
use anytempo_virtual::run;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::world::World;

#[test]
fn a_client_that_sends_half_a_header_is_cut_off() {
    run(async |sim| {
        let world = World::new(&sim);
        let mut connection = world.connect();
        connection.write_all(b"GET / HTTP/1.1\r\nHost").await.unwrap();
        let mut answer = String::new();
        connection.read_to_string(&mut answer).await.unwrap();
        assert_eq!((answer.as_str(), sim.elapsed()), ("", HEADER));
        assert_eq!(world.end().await, 0);
    })
    .unwrap();
}

#[test]
fn a_listener_that_fails_is_asked_again_after_a_pause() {
    run(async |sim| {
        let world = World::new(&sim);
        for _ in 0..2 {
            world.accepted.try_send(Err(io::Error::other("too many open files"))).unwrap();
        }
        let mut client = world.client().await;
        assert_eq!(client.get("/health").await.unwrap(), 200);
        assert_eq!(sim.elapsed(), PAUSE * 2);
        let expected = [0, 1].map(|second| match second {
            0 => "0ns cannot accept a connection: too many open files",
            _ => "1s cannot accept a connection: too many open files",
        });
        assert_eq!(world.log(), expected);
        assert_eq!(PAUSE, Duration::from_secs(1));
        assert_eq!(world.end().await, 0);
    })
    .unwrap();
}
