//! The watcher on virtual time, with files that exist in the test alone; and once on real files.

use core::pin::pin;
use core::time::Duration;
use std::fs;
use std::path::PathBuf;

use anytempo::{Timer, next};
use anytempo_example_watch::{AT_MOST, Files, QUIET, changes, scan};
use anytempo_smol::SmolTimer;
use anytempo_virtual::{VirtualClock, run};

/// Files that are written every `period` until `end`, as a scan at this moment sees them.
fn written(clock: &VirtualClock, period: Duration, end: Duration) -> Files {
    let writes = clock.elapsed().min(end).as_millis() / period.as_millis();
    [(PathBuf::from("a.rs"), (None, writes as u64))].into()
}

/// When the first `n` items came, in milliseconds.
fn items(n: usize, period: Duration, end: Duration) -> Vec<u128> {
    run(async |sim| {
        let clock = sim.clock().clone();
        let mut changes = pin!(changes(&clock, async || written(&clock, period, end)));
        let mut seen = Vec::new();
        while seen.len() < n {
            next(&mut changes).await.unwrap();
            seen.push(clock.elapsed().as_millis());
        }
        seen
    })
    .unwrap()
}

#[test]
fn many_changes_are_one() {
    // The last change is seen at 1,000 ms, and the files are quiet 300 ms later.
    assert_eq!(QUIET, Duration::from_millis(300));
    assert_eq!(items(1, Duration::from_millis(50), Duration::from_secs(1)), [1_300]);
}

#[test]
fn changes_without_an_end_do_not_wait_for_it() {
    // The first change is seen at 100 ms. The one that is seen at the moment of an item begins the next burst.
    assert_eq!(AT_MOST, Duration::from_secs(5));
    assert_eq!(items(2, Duration::from_millis(100), Duration::MAX), [5_100, 10_100]);
}

#[test]
fn without_a_change_there_is_no_item() {
    run(async |sim| {
        let mut changes = pin!(changes(&sim, async || Files::new()));
        let hour = Duration::from_secs(3_600);
        assert!(sim.timeout(hour, next(&mut changes)).await.is_err());
    })
    .unwrap();
}

#[test]
fn real_files() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("src")).unwrap();
    let file = folder.path().join("src/main.rs");
    async_io::block_on(async {
        let start = SmolTimer.now();
        let mut scans = 0;
        let mut changes = pin!(changes(SmolTimer, async || {
            scans += 1;
            // After the first scan, so that this is a change.
            if scans == 2 {
                fs::write(&file, "fn main() {}").unwrap();
            }
            scan(folder.path())
        }));
        let limit = Duration::from_secs(60);
        assert_eq!(SmolTimer.timeout(limit, next(&mut changes)).await, Ok(Some(())));
        assert!(SmolTimer.elapsed(start) >= QUIET);
    });
}
