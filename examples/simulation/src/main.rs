//! Searches for two leaders, without and with a mistake in the code, and prints what it finds.

use core::time::Duration;

use anytempo_example_simulation::lease::Count;
use anytempo_example_simulation::world::three_nodes;
use anytempo_virtual::explore;

fn main() {
    let span = Duration::from_millis(700);
    println!(
        "Three nodes hold a leader lease. Messages are late or lost, and no two clocks agree."
    );
    println!("The rule: at most one node leads at any moment of true time.\n");

    println!("The lease counts from the request:");
    match explore(0..1_000, async |sim| three_nodes(sim, Count::FromAsking, span).await) {
        Ok(explored) => println!("{explored}\n"),
        Err(failure) => println!("{failure}\n"),
    }

    println!("The planted mistake: the lease counts from the moment at which a grant arrives:");
    match explore(0..1_000, async |sim| three_nodes(sim, Count::FromArrival, span).await) {
        Ok(explored) => println!("{explored}"),
        Err(failure) => {
            println!("{failure}");
            println!("\nexamples/simulation/README.md explains this failure, step by step.");
        }
    }
}
