//! Finds the planted mistake, and finds nothing without it.

use core::panic::AssertUnwindSafe;
use core::time::Duration;
use std::panic::catch_unwind;
use std::{env, fs};

use anytempo_example_simulation::lease::Count;
use anytempo_example_simulation::world::three_nodes;
use anytempo_virtual::{Exploration, Failure, Simulation, explore};

const SHORT: Duration = Duration::from_millis(700);
const LONG: Duration = Duration::from_millis(1500);

fn failure() -> Failure {
    explore(0..200, async |sim| three_nodes(sim, Count::FromArrival, SHORT).await)
        .expect_err("200 seeds find the mistake")
}

/// Runs one seed, and returns the message of its panic.
fn panic_of(simulation: Simulation, count: Count) -> Option<String> {
    let run = || simulation.run(async |sim| three_nodes(sim, count, SHORT).await);
    let payload = catch_unwind(AssertUnwindSafe(run)).err()?;
    payload.downcast_ref::<String>().cloned()
}

#[test]
fn the_mistake_is_found_shrunk_and_replayed() {
    let failure = failure();
    println!("{failure}");
    assert!(failure.runs() <= 200);
    let shrunk = failure.shrunk().expect("a run of three nodes repeats");
    assert!(
        !failure.choices().is_empty(),
        "messages arrive in time unless the seed says otherwise"
    );

    let message = panic_of(Simulation::new().seed(shrunk.clone()), Count::FromArrival);
    let message = message.expect("the shrunk run fails again");
    let (leaders, moment) = message.split_once(" at ").expect("it says when");
    assert_eq!(leaders, "a and b lead");
    let (milliseconds, _) = moment.split_once(['.', 'm']).expect("it is in milliseconds");
    let readme = include_str!("../README.md");
    assert!(readme.contains(&format!("`b` leads from {milliseconds} ms on")), "{message}");
    assert!(failure.to_string().contains(leaders), "{failure}");

    // The same messages are late and lost, and the lease is counted from the request.
    assert_eq!(panic_of(Simulation::new().seed(shrunk.clone()), Count::FromAsking), None);
    // No message is late or lost.
    assert_eq!(panic_of(Simulation::new(), Count::FromArrival), None);
}

#[test]
fn no_seed_has_two_leaders_without_the_mistake() {
    let seeds = env::var("ANYTEMPO_SEEDS").map_or(10_000, |seeds| seeds.parse().expect("a number"));
    let explored = explore(0..seeds, async |sim| three_nodes(sim, Count::FromAsking, LONG).await);
    println!("{}", explored.expect("at most one node leads"));
}

#[test]
fn a_seed_repeats() {
    let body = async |sim| three_nodes(sim, Count::FromAsking, LONG).await;
    println!("{}", Exploration::new(0..100).repeated().run(body).expect("both runs are the same"));
}

/// Otherwise no run could have two leaders.
#[test]
fn a_node_leads_all_the_time_on_a_good_network() {
    let extensions =
        Simulation::new().run(async |sim| three_nodes(sim, Count::FromAsking, LONG).await);
    // Two grants every 150 ms.
    assert_eq!(extensions.expect("it ends"), 20);
}

/// `ANYTEMPO_RECORD=1` writes the failure into the readme anew. What the readme says about it is then to be read again.
#[test]
fn the_readme_shows_the_failure() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let readme = fs::read_to_string(path).expect("there is a readme").replace('\r', "");
    let (before, rest) = readme.split_once("```text\nseed ").expect("it shows a failure");
    let (shown, after) = rest.split_once("\n```\n").expect("the failure ends");
    let shown = format!("seed {shown}");
    // How fast the runs are depends on the machine, and the separator in paths on the system.
    let failure = failure()
        .to_string()
        .replace(r"examples\simulation\", "examples/simulation/")
        .replace(r"\src\", "/src/");
    let (found, rate) = failure.split_once(" runs at ").expect("it says how fast");
    let (_, told) = rate.split_once(" a second").expect("it says how fast");
    let seen = format!("{found} runs{told}");
    if env::var_os("ANYTEMPO_RECORD").is_some() {
        fs::write(path, format!("{before}```text\n{seen}\n```\n{after}")).expect("it is writable");
    } else {
        assert_eq!(shown, seen, "record it with ANYTEMPO_RECORD=1, and read what the readme says");
    }
}
