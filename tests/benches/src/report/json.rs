use std::path::Path;

use serde_json::{Value, json};

use crate::report::{Figure, Size, Verdict};

/// Writes all of it to a file.
///
/// # Errors
///
/// The file cannot be written.
pub fn write(path: &Path, figures: &[Figure], sizes: &[Size]) -> Result<(), String> {
    let all = json!({
        "figures": figures.iter().map(figure).collect::<Vec<_>>(),
        "sizes": sizes.iter().map(size).collect::<Vec<_>>(),
    });
    let folder = path.parent().unwrap_or(path);
    std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(path, format!("{all:#}\n")))
        .map_err(|error| format!("{}: {error}", path.display()))
}

fn figure(figure: &Figure) -> Value {
    let Figure { job, way, instructions, ratio, allocations, verdict, goal } = figure;
    let goal_missed_by = figure.misses_goal_by();
    let most = match verdict {
        Verdict::Kept { most } | Verdict::TooMany { most } => Some(most),
        Verdict::Free | Verdict::Allocates => None,
    };
    json!({
        "job": job.name,
        "way": way.name,
        "of": format!("{:?}", way.of).to_lowercase(),
        "instructions": instructions,
        "ratio": ratio,
        "allocations": allocations,
        "most": most,
        "goal": goal,
        "goal_missed_by": goal_missed_by,
        "kept": verdict.is_kept(),
    })
}

fn size(Size { what, bytes, most }: &Size) -> Value {
    json!({ "what": what, "bytes": bytes, "most": most, "kept": most.is_none_or(|most| *bytes <= most) })
}
