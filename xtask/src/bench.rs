//! The gate `bench`: the benchmark measures all of its parts. Its figures are not judged.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::Result;

/// The parts that a document must have, each with the list and the value of `part` in it.
const PARTS: [(&str, Option<&str>); 5] = [
    ("crowds", Some("timers")),
    ("crowds", Some("countdowns")),
    ("memory", None),
    ("periods", None),
    ("lines", None),
];

/// A machine that is busy is late, and no figure tells that the code is at fault. So only what is missing is a failure.
pub(crate) fn check(file: &Path) -> Result {
    let name = file.display();
    let text = fs::read_to_string(file).map_err(|error| format!("cannot read {name}: {error}"))?;
    let document = serde_json::from_str(&text).map_err(|error| format!("{name}: {error}"))?;
    println!("measured: {}", complete(&document)?);
    Ok(())
}

/// The number of rows of each part, or the part that has none.
fn complete(document: &Value) -> Result<String> {
    let list = |key| document[key].as_array().map_or(&[][..], Vec::as_slice);
    if let Some(failure) = list("failures").first() {
        return Err(format!("the benchmark could not measure everything: {failure}"));
    }
    let mut counts = Vec::new();
    for (key, part) in PARTS {
        let has_rounds = |row: &&Value| row["rounds"].as_array().is_some_and(|it| !it.is_empty());
        let is_of_part = |row: &&Value| part.is_none_or(|part| row["part"] == part);
        let count = list(key).iter().filter(is_of_part).filter(has_rounds).count();
        let name = part.unwrap_or(key);
        if count == 0 {
            return Err(format!("the benchmark has measured no {name}"));
        }
        counts.push(format!("{name} {count}"));
    }
    Ok(counts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    use serde_json::json;

    #[test]
    fn every_part_must_be_there() {
        let row = json!({ "rounds": [1] });
        let whole = json!({
            "crowds": [{ "part": "timers", "rounds": [1] }, { "part": "countdowns", "rounds": [1] }],
            "memory": [row],
            "periods": [row, row],
            "lines": [row],
            "failures": [],
        });
        let said = "timers 1, countdowns 1, memory 1, periods 2, lines 1";
        assert_eq!(complete(&whole), Ok(said.into()));
        for (key, missing) in [("crowds", "timers"), ("memory", "memory"), ("periods", "periods")] {
            let mut part = whole.clone();
            part[key] = json!([]);
            assert_eq!(complete(&part), Err(format!("the benchmark has measured no {missing}")));
        }
        let mut failed = whole.clone();
        failed["failures"] = json!(["eel"]);
        assert!(complete(&failed).is_err_and(|it| it.contains("eel")));
        let mut empty = whole;
        empty["lines"][0]["rounds"] = json!([]);
        assert_eq!(complete(&empty), Err("the benchmark has measured no lines".into()));
    }
}
