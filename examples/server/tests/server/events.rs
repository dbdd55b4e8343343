//! Server-sent events, which are never silent for long.

use core::time::Duration;

use anytempo::Timer;
use anytempo_example_server::SILENCE;
use anytempo_virtual::run;

use crate::world::World;

#[test]
fn a_comment_comes_in_each_silence() {
    run(async |sim| {
        let world = World::new(&sim);
        let (mut subscriber, mut publisher) = (world.client().await, world.client().await);
        let mut events = subscriber.subscribe().await.unwrap();
        let publish = sim.spawn({
            let clock = sim.clock().clone();
            async move {
                clock.sleep(Duration::from_secs(8)).await;
                publisher.publish("hello").await
            }
        });
        let mut seen = Vec::new();
        while seen.len() < 4 {
            let event = events.next().await.expect("the stream goes on");
            seen.push((sim.elapsed().as_secs(), event));
        }
        assert_eq!(SILENCE, Duration::from_secs(15));
        let comment = || String::from(": \n\n");
        let hello = String::from("data: hello\n\n");
        // The silence counts from the last event, whichever that was.
        let expected = [(8, hello), (23, comment()), (38, comment()), (53, comment())];
        assert_eq!(seen, expected);
        assert_eq!(publish.await.unwrap().unwrap(), 200);

        world.stop();
        assert_eq!(events.next().await, None);
        assert_eq!(world.end().await, 0);
        assert_eq!(sim.elapsed(), Duration::from_secs(53));
        assert_eq!(sim.pending(), []);
    })
    .unwrap();
}
