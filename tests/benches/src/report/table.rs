use crate::report::{Figure, Size, Verdict};
use crate::way::Of;

/// One table, a block for each job.
pub fn print_figures(figures: &[Figure]) {
    for block in figures.chunk_by(|one, other| one.job.name == other.job.name) {
        let job = block[0].job;
        println!("\n{} ({})", job.title, job.name);
        println!(
            "  {:<26} {:<9} {:>12} {:>7} {:>10} {:>9} {:>10} {:>10}",
            "way", "of", "instructions", "ratio", "more", "allocated", "goal", "target"
        );
        for figure in block {
            let Figure { way, instructions, ratio, allocations, verdict, goal, .. } = figure;
            let of = match way.of {
                Of::Hand => "hand",
                Of::Anytempo => "anytempo",
                Of::Peer => "peer",
            };
            let more = instructions - block[0].instructions;
            let missed = match figure.misses_goal_by() {
                Some(by) => format!("  goal MISSED by {by:.1}"),
                None => String::new(),
            };
            let goal = goal.map_or(String::new(), |goal| format!("{goal:.1}"));
            let (target, verdict) = match verdict {
                Verdict::Free => (String::new(), ""),
                Verdict::Kept { most } => (format!("{most:.1}"), "  kept"),
                Verdict::TooMany { most } => (format!("{most:.1}"), "  MISSED"),
                Verdict::Allocates => (String::new(), "  ALLOCATES"),
            };
            println!(
                "  {:<26} {of:<9} {instructions:>12.1} {ratio:>7.3} {more:>+10.1} {allocations:>9.2} {goal:>10} {target:>10}{verdict}{missed}",
                way.name
            );
        }
    }
}

/// The table of sizes.
pub fn print_sizes(sizes: &[Size]) {
    println!("\nsizes in bytes");
    for Size { what, bytes, most } in sizes {
        let target = most.map_or(String::new(), |most| format!("{most:>10}"));
        let verdict = match most {
            None => "",
            Some(most) if bytes <= most => "  kept",
            Some(_) => "  MISSED",
        };
        println!("  {what:<40} {bytes:>7} {target}{verdict}");
    }
}

/// What costs more than it should, though no more than it may.
pub fn print_missed_goals(figures: &[Figure]) {
    println!();
    for figure in figures {
        let Figure { job, way, instructions, .. } = figure;
        if let Some(by) = figure.misses_goal_by() {
            let percent = 100.0 * by / (instructions - by);
            println!(
                "goal missed: {} {}: by {by:.1} of {instructions:.1}, {percent:.1} % of the goal",
                job.name, way.name
            );
        }
    }
}
