//! The echo over a network in memory, on virtual time: exact, and in microseconds.

use core::time::Duration;
use std::sync::Arc;

use anytempo::Timer;
use anytempo_example_quic::echo::{Limits, ask, serve};
use anytempo_example_quic::network::{Cable, Socket, network};
use anytempo_example_quic::plaintext;
use anytempo_quinn::SpawnRuntime;
use anytempo_virtual::{JoinHandle, Sim, VirtualClock, explore};
use quinn::{Connection, ConnectionError, Endpoint};

/// What a datagram takes. No whole number of milliseconds, as a clock of the system would round it.
const DELAY: Duration = Duration::from_nanos(10_000_003);
const ROUND_TRIP: Duration = Duration::from_nanos(20_000_006);
const IDLE: Duration = Duration::from_secs(30);

struct World {
    connection: Connection,
    /// That of the client.
    socket: Arc<Socket<VirtualClock>>,
    cable: Cable,
    /// How the connection of the server ended.
    served: JoinHandle<ConnectionError>,
    _client: Endpoint,
}

async fn connect(sim: &Sim, keep_alive: Option<Duration>) -> World {
    // The client alone keeps the connection.
    let limits = Limits { idle: IDLE, keep_alive };
    let server_limits = Limits { keep_alive: None, ..limits };
    let (sockets, cable) = network(sim.clock(), DELAY);
    let socket = Arc::clone(&sockets[1]);
    let runtime = Arc::new(SpawnRuntime::new(sim.send_spawner(), sim.clock().clone()));
    let [server, client] = sockets.map(|socket| {
        let config = plaintext::endpoint();
        Endpoint::new_with_abstract_socket(
            config,
            Some(server_limits.server()),
            socket,
            runtime.clone(),
        )
        .expect("the socket has an address")
    });
    let address = server.local_addr().expect("the socket has an address");
    let served =
        sim.spawn_named("server", async { serve(server).await.expect("no message is cut") });
    let connecting = client.connect_with(limits.client(), address, "localhost");
    let connection = connecting.expect("the address is right").await.expect("the server is there");
    World { connection, socket, cable, served, _client: client }
}

/// The time since the client read its last datagram.
fn silence(sim: &Sim, world: &World) -> Duration {
    let last = world.socket.last_heard().expect("the client heard something");
    Timer::elapsed(sim.clock(), last)
}

#[test]
fn a_handshake_and_an_answer_take_a_round_trip_each() {
    let explored = explore(0..20, async |sim| {
        let world = connect(&sim, None).await;
        assert_eq!(sim.elapsed(), ROUND_TRIP);
        assert_eq!(ask(&world.connection, b"hello").await.expect("it answers"), b"hello");
        assert_eq!(sim.elapsed(), ROUND_TRIP * 2);
        // As quinn sees it.
        assert_eq!(world.connection.rtt(), ROUND_TRIP);
    });
    explored.expect("the same, whatever the order");
}

#[test]
fn a_silent_connection_ends_at_its_limit() {
    let explored = explore(0..20, async |sim| {
        let world = connect(&sim, None).await;
        ask(&world.connection, b"hello").await.expect("it answers");
        assert_eq!(world.connection.closed().await, ConnectionError::TimedOut);
        assert_eq!(silence(&sim, &world), IDLE);
        assert_eq!(world.served.await.expect("it runs to its end"), ConnectionError::TimedOut);
    });
    explored.expect("the same, whatever the order");
}

#[test]
fn keep_alive_keeps_a_connection_until_the_cable_is_pulled() {
    let (hour, period) = (Duration::from_secs(3600), Duration::from_nanos(12_000_000_007));
    let explored = explore(0..2, async |sim| {
        let world = connect(&sim, Some(period)).await;
        sim.sleep(hour).await;
        assert_eq!(ask(&world.connection, b"hello").await.expect("it answers"), b"hello");

        // The last packet is the answer to a sign of life.
        sim.sleep(period * 3 / 2).await;
        world.cable.pull();
        assert_eq!(world.connection.closed().await, ConnectionError::TimedOut);
        // The limit counts from the first packet after the last one that was heard.
        assert_eq!(silence(&sim, &world), period + IDLE);
        assert_eq!(world.served.await.expect("it runs to its end"), ConnectionError::TimedOut);
    });
    explored.expect("the same, whatever the order");
}
