//! The same on tokio and smol, whose clocks are real: nothing is early, and all of it ends.

use core::sync::atomic::Ordering;
use core::time::Duration;

use anytempo_smol::{SmolSpawner, SmolTimer};
use anytempo_tokio::{TokioSpawner, TokioTimer};
use tokio::io::duplex;

use crate::http2::{Times, idle, lost_client, lost_server};
use crate::world::{HttpTimer, World};
use crate::{http1, pool};

const TIMES: Times = Times {
    interval: Duration::from_millis(60),
    timeout: Duration::from_millis(30),
    cut: Duration::from_millis(20),
};

/// All scenarios, one after another.
async fn all<T: HttpTimer>(world: World<T>) {
    let limit = Duration::from_millis(50);
    let (_client, server) = duplex(1024);
    let (took, is_timeout) = http1::serve(world.timer.clone(), limit, server).await;
    assert!(took >= limit && is_timeout, "{took:?}");

    // The last frame came at the start.
    let (took, is_timeout) = lost_client(&world, TIMES).await;
    assert!(took >= TIMES.interval + TIMES.timeout && is_timeout, "{took:?}");
    let (took, is_timeout) = lost_server(&world, TIMES).await;
    assert!(took >= TIMES.interval + TIMES.timeout && is_timeout, "{took:?}");

    // Two intervals with an answer each. The timeout is so long that a slow machine keeps it.
    let kept = Times { timeout: Duration::from_secs(30), cut: TIMES.interval * 5 / 2, ..TIMES };
    assert!(idle(&world, kept).await.expect("the connection is there") >= kept.cut);

    let (client, connector) = pool::pool(&world, limit);
    pool::ask(&client).await.expect("the server answers");
    while connector.ended.load(Ordering::Relaxed) == 0 {
        world.timer.sleep(limit / 5).await;
    }
    pool::ask(&client).await.expect("the server answers");
    assert_eq!(connector.begun.load(Ordering::Relaxed), 2);
}

async fn in_time<T: HttpTimer>(world: World<T>) {
    let timer = world.timer.clone();
    timer.timeout(Duration::from_secs(60), all(world)).await.expect("no wake is lost");
}

#[test]
fn on_tokio() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    let world = World::new(TokioTimer, TokioSpawner::default());
    runtime.expect("tokio starts").block_on(in_time(world));
}

#[test]
fn on_smol() {
    smol::block_on(in_time(World::new(SmolTimer, SmolSpawner::default())));
}
