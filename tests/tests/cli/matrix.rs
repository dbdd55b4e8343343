use serde_json::Value;

use crate::run::{RUNTIMES, run, run_line};

const PROGRAMS: [&str; 6] = ["countdown", "range", "generate", "stall", "close", "lines"];

#[test]
fn the_table_has_every_cell() {
    let run = run::<&str>([]);
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""), "{}", run.out);
    assert_eq!(run.out.matches('✓').count(), PROGRAMS.len() * RUNTIMES.len(), "{}", run.out);
    assert!(!run.out.contains("FAILED"), "{}", run.out);
    for word in PROGRAMS.iter().chain(&RUNTIMES) {
        assert!(run.out.contains(word), "{word} is not in {}", run.out);
    }
}

#[test]
fn json_has_an_object_for_each_cell() {
    let run = run_line("matrix --format json");
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""), "{}", run.out);
    let cells: Vec<Value> =
        run.out.lines().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect();
    assert_eq!(cells.len(), PROGRAMS.len() * RUNTIMES.len());
    for (index, cell) in cells.iter().enumerate() {
        assert_eq!(cell["program"], PROGRAMS[index / RUNTIMES.len()]);
        assert_eq!(cell["runtime"], RUNTIMES[index % RUNTIMES.len()]);
        assert_eq!(cell["outcome"], "ok", "{cell}");
    }
}

#[test]
fn columns_can_be_chosen() {
    let run = run_line("--on virtual");
    assert_eq!(run.code, Some(0));
    assert_eq!(run.out.matches('✓').count(), PROGRAMS.len(), "{}", run.out);
    assert!(run.out.contains("| program   |     due |   virtual |"), "{}", run.out);
}
