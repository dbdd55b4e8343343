//! The grid of slack, in a process of its own: the first instant that is rounded decides where the grid lies.

use core::time::Duration;
use std::collections::BTreeSet;

use anytempo::{Instant as _, Timer};
use anytempo_tokio::TokioTimer;

/// The first instant may be the last one in time. Those before it are rounded to the same grid.
#[test]
fn instants_before_the_first_are_rounded() {
    let slack = Duration::from_secs(1);
    let grid = Duration::from_nanos(1 << 29);
    let now = TokioTimer.now();
    let after = |delay| now.checked_add(delay).expect("the clock goes on for an hour");
    let first = after(Duration::from_secs(3600)).ceil_to(slack);

    let instants = (0..100).map(|it| after(grid * it / 50));
    let points: BTreeSet<_> = instants
        .map(|instant| {
            let point = instant.ceil_to(slack);
            assert!(instant <= point, "no instant is rounded down");
            assert!(point.saturating_since(instant) < grid, "it is rounded to the next point");
            let to_first = first.saturating_since(point).as_nanos();
            assert_eq!(to_first % grid.as_nanos(), 0, "the point is on the grid of the first");
            point
        })
        .collect();
    assert!((2..=3).contains(&points.len()), "two spans of the grid have {} points", points.len());
}
