//! Three nodes on one network, each with a clock of its own, and the rule that must hold.

use core::cell::Cell;
use core::time::Duration;
use std::rc::Rc;

use anytempo::Timer;
use anytempo_virtual::clocks::DriftClock;
use anytempo_virtual::{Instant, Sim};

use crate::lease::{Count, Lease, Name, Node};
use crate::network::Network;

/// The nodes: how far their clocks are ahead, by how many parts per billion these are fast, and how long the nodes wait before they ask
/// for the lease.
const NODES: [(Name, Duration, i32, Duration); 3] = [
    (Name('a'), Duration::ZERO, -10_000_000, Duration::from_millis(5)),
    (Name('b'), Duration::from_secs(3600), 0, Duration::from_millis(20)),
    (Name('c'), Duration::from_millis(1), 10_000_000, Duration::from_millis(35)),
];

/// Runs the three nodes for `span` of true time. It is a test body, for `explore` or `Simulation::run`.
///
/// Returns how often a node led or extended its lease.
///
/// # Panics
///
/// If two nodes lead at one moment of true time.
pub async fn three_nodes(sim: Sim, count: Count, span: Duration) -> usize {
    let network = Network::new(&sim);
    let leases: Rc<[_]> = NODES
        .iter()
        .map(|&(name, ahead, drift, _)| {
            let clock = DriftClock::new(sim.clone(), Instant::START, drift).ahead(ahead);
            (name, Lease::new(clock))
        })
        .collect();
    let extensions = Rc::new(Cell::new(0));
    for (place, &(name, .., patience)) in NODES.iter().enumerate() {
        let (inbox, messages) = async_channel::unbounded();
        network.connect(name, inbox);
        let peers = NODES.iter().map(|it| it.0).filter(|&peer| peer != name).collect();
        let led = {
            let (sim, leases, extensions) =
                (sim.clone(), Rc::clone(&leases), Rc::clone(&extensions));
            move |_| {
                extensions.set(extensions.get() + 1);
                check(&sim, &leases);
            }
        };
        let node = Node::new(name, peers, &leases[place].1, network.clone(), count, patience, led);
        sim.spawn_background(format!("node {name}"), node.run(messages));
    }
    sim.sleep(span).await;
    extensions.get()
}

/// The number of leaders grows only when a lease is extended, so it is enough to look then.
fn check(sim: &Sim, leases: &[(Name, Rc<Lease<DriftClock<Sim>>>)]) {
    let leaders: Vec<String> =
        leases.iter().filter(|it| it.1.is_held()).map(|it| it.0.to_string()).collect();
    assert!(
        leaders.len() <= 1,
        "{} lead at {:?} of true time",
        leaders.join(" and "),
        sim.elapsed()
    );
}
