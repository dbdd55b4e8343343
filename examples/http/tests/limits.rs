//! The limits of the server and the client, on virtual time: exact, and in microseconds.

use core::time::Duration;

use anytempo::Timer;
use anytempo_example_http::{ANSWER, HEADER, KEEP_ALIVE, KEEP_ALIVE_ANSWER, get, serve};
use anytempo_hyper::HyperExecutor;
use anytempo_virtual::{JoinHandle, Sim, run};
use hyper::{StatusCode, Version};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncWriteExt, DuplexStream, duplex};

const VERSIONS: [Version; 2] = [Version::HTTP_11, Version::HTTP_2];

fn server(sim: &Sim, version: Version) -> (DuplexStream, JoinHandle<hyper::Result<()>>) {
    let (near, far) = duplex(4096);
    let executor = HyperExecutor::new(sim.send_spawner());
    let served = serve(TokioIo::new(far), version, sim.clock().clone(), executor);
    (near, sim.spawn_named("server", served))
}

async fn ask(
    sim: &Sim,
    connection: DuplexStream,
    version: Version,
    path: &'static str,
) -> hyper::Result<StatusCode> {
    let executor = HyperExecutor::new(sim.send_spawner());
    get(TokioIo::new(connection), version, path, sim.clock().clone(), executor).await
}

#[test]
fn an_answer_takes_its_time() {
    for version in VERSIONS {
        run(async |sim| {
            let (connection, server) = server(&sim, version);
            assert_eq!(ask(&sim, connection, version, "/").await.unwrap(), StatusCode::OK);
            assert_eq!(sim.elapsed(), Duration::from_millis(1));
            server.await.unwrap().unwrap();
        })
        .unwrap();
    }
}

#[test]
fn work_without_end_is_given_up() {
    for version in VERSIONS {
        run(async |sim| {
            let (connection, _server) = server(&sim, version);
            let status = ask(&sim, connection, version, "/slow").await.unwrap();
            assert_eq!(status, StatusCode::GATEWAY_TIMEOUT);
            assert_eq!(sim.elapsed(), ANSWER);
        })
        .unwrap();
    }
}

#[test]
fn a_client_that_sends_half_a_header_is_cut_off() {
    run(async |sim| {
        let (mut connection, server) = server(&sim, Version::HTTP_11);
        sim.sleep(HEADER / 2).await;
        connection.write_all(b"GET / HTTP/1.1\r\nHost").await.unwrap();
        assert!(server.await.unwrap().unwrap_err().is_timeout());
        assert_eq!(sim.elapsed(), HEADER);
    })
    .unwrap();
}

#[test]
fn a_server_that_is_silent_is_given_up() {
    run(async |sim| {
        let (near, _nothing) = duplex(4096);
        let error = ask(&sim, near, Version::HTTP_2, "/").await.unwrap_err();
        assert!(error.is_timeout());
        assert_eq!(sim.elapsed(), KEEP_ALIVE + KEEP_ALIVE_ANSWER);
    })
    .unwrap();
}
