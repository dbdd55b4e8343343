//! The guide to cancel safety has a table of grades. Each is the one that the documentation of its item gives.

use std::fs;
use std::path::{Path, PathBuf};

const GUIDE: &str = include_str!("../../../core/src/guide/cancel_safety.md");

/// The first word of a grade. A grade that is that of another thing is that thing.
fn grade(text: &str) -> String {
    let text = text.split([',', '.', ':']).next().unwrap_or_default();
    match text.split_once("that of ") {
        Some(("" | "As ", other)) => other.trim_start_matches("the ").replace('`', ""),
        _ => text.split(' ').next().unwrap_or_default().to_owned(),
    }
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the core is there") {
        let path = entry.expect("the core is there").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|it| it == "rs") {
            found.push(path);
        }
    }
}

/// The functions with a section on cancel safety, each with its grade. The methods on streams come last.
fn documented() -> Vec<(String, String)> {
    let mut paths = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../core/src"), &mut paths);
    paths.sort_by_key(|path| path.ends_with("ext.rs"));
    let mut found: Vec<(String, String)> = Vec::new();
    for path in paths {
        let source = fs::read_to_string(&path).expect("the core can be read");
        for section in source.split("/// # Cancel safety\n").skip(1) {
            let first = section.lines().map(|it| it.trim().trim_start_matches("///").trim());
            let grade = grade(first.clone().find(|it| !it.is_empty()).unwrap_or_default());
            let function =
                first.clone().find_map(|it| it.strip_prefix("pub fn ").or(it.strip_prefix("fn ")));
            let name =
                function.and_then(|it| it.split(['<', '(']).next()).expect("a function follows");
            let is_known = found.iter().any(|(known, _)| *known == format!("`{name}`"));
            let suffix = if is_known { " of a stream" } else { "" };
            found.push((format!("`{name}`{suffix}"), grade));
        }
    }
    found.sort();
    found
}

#[test]
fn the_table_has_the_grade_of_each_item() {
    let (_, table) = GUIDE.split_once("| item | grade |\n|---|---|\n").expect("the table is there");
    let rows = table.lines().take_while(|line| line.starts_with('|'));
    let mut rows: Vec<(String, String)> = rows
        .filter_map(|row| row.trim_matches(['|', ' ']).split_once(" | "))
        .map(|(item, text)| (item.to_owned(), grade(text)))
        .collect();
    rows.sort();
    assert!(rows.len() > 30, "{rows:?}");
    assert_eq!(rows, documented());
}
